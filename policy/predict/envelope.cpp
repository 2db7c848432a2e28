#include "policy/predict/envelope.h"

#include <algorithm>
#include <numeric>

namespace tideline::predict {

Envelope::Envelope(std::span<const Line> lines) {
  std::vector<std::size_t> order(lines.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // From left to right: the lowest line at zero is first. A later line must rise more slowly to be ever the lowest.
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    if (lines[a].at_zero != lines[b].at_zero) return lines[a].at_zero < lines[b].at_zero;
    return lines[a].slope != lines[b].slope ? lines[a].slope < lines[b].slope : a < b;
  });
  for (const std::size_t next : order) {
    if (!members_.empty() && lines[next].slope >= lines[members_.back()].slope) continue;
    const auto crossing = [&] {
      const Line &last = lines[members_.back()], &line = lines[next];
      return (line.at_zero - last.at_zero) / (last.slope - line.slope);
    };
    while (!members_.empty() && crossing() <= (breakpoints_.empty() ? 0 : breakpoints_.back())) {
      members_.pop_back();
      if (!breakpoints_.empty()) breakpoints_.pop_back();
    }
    if (!members_.empty()) breakpoints_.push_back(crossing());
    members_.push_back(next);
  }
}

std::size_t Envelope::best(double x) const {
  const auto passed = std::ranges::upper_bound(breakpoints_, x) - breakpoints_.begin();
  return members_[static_cast<std::size_t>(passed)];
}

}  // namespace tideline::predict
