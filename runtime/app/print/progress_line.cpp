#include "runtime/app/print/progress_line.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace tideline::print {

ProgressLine::ProgressLine(config::ProgressForm form)
    : form_(form), terminal_(form == config::ProgressForm::line && isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  if (terminal_ && visit_) std::fputc('\n', stderr);
}

void ProgressLine::show(const campaign::Progress& progress) {
  if (form_ == config::ProgressForm::json)
    fmt::print(stderr, "{}\n", json_of(progress));
  else
    show_text(progress);
  std::fflush(stderr);
}

void ProgressLine::show_text(const campaign::Progress& p) {
  const bool news = visit_ != p.visit || p.doing == campaign::Progress::Doing::anchors;
  if (!terminal_ && !(news && p.doing != campaign::Progress::Doing::imposing) && p.done != p.total) return;
  visit_ = p.visit;
  if (terminal_) fmt::print(stderr, "\r\033[K{}", text_of(p));
  if (!terminal_) fmt::print(stderr, "{}\n", text_of(p));
}

std::string text_of(const campaign::Progress& p) {
  const bool anchors = p.doing == campaign::Progress::Doing::anchors;
  std::string text = fmt::format("visit {}/{} ({}), {}/{} measured", std::min(p.visit + 1, p.visits), p.visits,
                                 anchors ? "anchors" : to_string(p.asked), p.done, p.total);
  if (p.doing == campaign::Progress::Doing::imposing) text += ", imposing";
  if (p.failed > 0) text += fmt::format(", {} made again", p.failed);
  if (p.left_out > 0) text += fmt::format(", {} left out", p.left_out);
  if (p.noise) text += fmt::format(", noise {}", share_to_string(*p.noise));
  if (p.remaining) text += fmt::format(", {:.0f} s to go", seconds(*p.remaining));
  return text;
}

std::string json_of(const campaign::Progress& p) {
  nlohmann::ordered_json json{{"doing", name(p.doing)}, {"visit", std::min(p.visit + 1, p.visits)},
                              {"visits", p.visits},     {"asked", to_string(p.asked)},
                              {"done", p.done},         {"total", p.total},
                              {"failed", p.failed},     {"left_out", p.left_out}};
  if (p.noise) json["noise"] = *p.noise;
  if (p.remaining) json["remaining_s"] = seconds(*p.remaining);
  return json.dump();
}

}  // namespace tideline::print
