#include "runtime/app/progress_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace tideline {

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  if (terminal_ && cell_) std::fputc('\n', stderr);
}

void ProgressLine::show(const Progress& p) {
  const bool new_cell = cell_ != p.cell;
  cell_ = p.cell;
  if (!terminal_ && !new_cell && p.done != p.total) return;
  std::string text =
      fmt::format("condition {}/{} ({}), {}/{} measured", p.cell + 1, p.cells, to_string(p.asked), p.done, p.total);
  if (p.failed > 0) text += fmt::format(", {} made again", p.failed);
  if (p.remaining) text += fmt::format(", {:.0f} s to go", seconds(*p.remaining));
  if (terminal_) fmt::print(stderr, "\r\033[K{}", text);
  if (!terminal_) fmt::print(stderr, "{}\n", text);
  std::fflush(stderr);
}

}  // namespace tideline
