#include "profiler/analysis/time_table.h"

namespace tideline::analysis {

std::uint32_t best_plan(const TimeTable& times, std::size_t condition) {
  std::size_t best = times.plans();
  for (std::size_t plan = 0; plan < times.plans(); ++plan)
    if (times.has(condition, plan) && (best == times.plans() || times.at(condition, plan) < times.at(condition, best)))
      best = plan;
  return static_cast<std::uint32_t>(best);
}

std::optional<std::uint32_t> best_static_plan(const TimeTable& times) {
  std::optional<std::uint32_t> best;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t plan = 0; plan < times.plans(); ++plan) {
    double sum = 0;  // NaN once a time is unknown: then never the smallest.
    for (std::size_t condition = 0; condition < times.conditions(); ++condition) sum += times.at(condition, plan);
    if (!(sum < least)) continue;
    least = sum;
    best = static_cast<std::uint32_t>(plan);
  }
  return best;
}

std::vector<PaidTimes> best_beside(const TimeTable& times, std::uint32_t stays) {
  std::vector<PaidTimes> found;
  for (std::size_t condition = 0; condition < times.conditions(); ++condition)
    if (times.has(condition, stays))
      found.push_back({times.at(condition, best_plan(times, condition)), times.at(condition, stays)});
  return found;
}

}  // namespace tideline::analysis
