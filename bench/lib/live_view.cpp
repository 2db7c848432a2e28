#include "bench/lib/live_view.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace tideline {
namespace {

using nlohmann::json;

constexpr int kBar = 40;

const json* find_model(const json& status, std::string_view name) {
  if (!status.contains("models")) return nullptr;
  for (const json& model : status["models"])
    if (model.value("name", "") == name) return &model;
  return nullptr;
}

// Absent readings print as "?".
template <typename Print>
std::string reading(const json& conditions, const char* key, Print print) {
  const auto found = conditions.find(key);
  return found == conditions.end() || !found->is_number() ? "?" : print(found->get<double>());
}

struct Seen {
  int cut = 0;
  int cuts = 1;
  std::string cut_name;
  std::string uplink, slowdown, why;
};

Seen read(const json& model) {
  const json conditions = model.value("conditions", json::object());
  const json plan = model.value("plan", json::object());
  return {.cut = plan.value("cut", 0),
          .cuts = static_cast<int>(model.value("cuts", json::array()).size()),
          .cut_name = plan.value("cut_name", ""),
          .uplink = reading(conditions, "uplink_bps", [](double v) { return fmt::format("{:.1f} Mbit/s", v / 1e6); }),
          .slowdown = reading(conditions, "edge_slowdown", [](double v) { return fmt::format("x{:.1f}", v); }),
          .why = model.value("why", "")};
}

std::string bar(const Seen& seen) {
  const int edge = seen.cuts > 1 ? kBar * seen.cut / (seen.cuts - 1) : kBar;
  std::string text = "edge ";
  for (int i = 0; i < kBar; ++i) text += i < edge ? "█" : "░";
  return text + " cloud";
}

std::string clients(const Tally& t) {
  return fmt::format("last {:.0f} ms, p50 {:.0f}, p99 {:.0f}; {} answered, {} failed, {} wrong", t.last_ms, t.p50_ms,
                     t.p99_ms, t.answered, t.failed, t.wrong);
}

}  // namespace

LiveView::LiveView(std::string title) : title_(std::move(title)), terminal_(isatty(STDOUT_FILENO) == 1) {}

void LiveView::show(Duration elapsed, std::string_view status, std::string_view model_name, const Tally& tally) {
  const json parsed = json::parse(status, nullptr, false);
  const json* const model = parsed.is_object() ? find_model(parsed, model_name) : nullptr;
  if (!model) return;
  const Seen seen = read(*model);
  if (terminal_) {
    print_screen(
        fmt::format("{}, {:.0f} s\n  {}\n  cut {} of {}, after {}\n  uplink {}, edge slowdown {}\n  {}\n  {}\n", title_,
                    seconds(elapsed), bar(seen), seen.cut, seen.cuts - 1, seen.cut_name, seen.uplink, seen.slowdown,
                    clients(tally), seen.why));
  } else {
    fmt::print("{} {:>3.0f} s  uplink {:>11}  edge {:>5}  cut {:>2}/{}  {}; {}\n", title_, seconds(elapsed),
               seen.uplink, seen.slowdown, seen.cut, seen.cuts - 1, clients(tally), seen.why);
    std::fflush(stdout);
  }
}

void LiveView::print_screen(const std::string& text) {
  if (lines_ > 0) fmt::print("\033[{}A\033[J", lines_);
  fmt::print("{}", text);
  std::fflush(stdout);
  lines_ = static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace tideline
