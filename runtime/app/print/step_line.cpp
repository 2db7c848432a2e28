#include "runtime/app/print/step_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace tideline::print {
namespace {

constexpr auto kApart = std::chrono::seconds(10);

}  // namespace

StepLine::StepLine() : terminal_(isatty(STDERR_FILENO) == 1) {}

StepLine::~StepLine() {
  if (unfinished_) std::fputc('\n', stderr);
}

void StepLine::show(const InspectionStep& step) {
  const TimePoint now = Clock::now();
  const bool begins = step.doing != first_.doing;
  if (begins) first_ = step, began_ = now;
  const bool news = begins || step.done == step.total;
  if (!terminal_ && !news && now - shown_ < kApart) return;
  shown_ = now;
  const std::string text = text_of(step, first_.done, now - began_);
  fmt::print(stderr, "{}{}{}", terminal_ ? "\r\033[K" : "", text, terminal_ ? "" : "\n");
  unfinished_ = terminal_;
  std::fflush(stderr);
}

std::string text_of(const InspectionStep& step, std::size_t first, Duration spent) {
  std::string text = fmt::format("{}: {} of {}", step.doing, step.done, step.total);
  if (step.done <= first || step.done >= step.total) return text;
  const double left = static_cast<double>(step.total - step.done) / static_cast<double>(step.done - first);
  return text + fmt::format(", {:.0f} s to go", seconds(spent) * left);
}

}  // namespace tideline::print
