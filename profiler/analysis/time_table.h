// TimeTable: the time of every plan under every condition, in milliseconds; NaN if unknown.
//
// A value. Pure functions.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace tideline::analysis {

class TimeTable {
 public:
  TimeTable() = default;
  TimeTable(std::size_t conditions, std::size_t plans, double ms = std::numeric_limits<double>::quiet_NaN())
      : plans_(plans), ms_(conditions * plans, ms) {}

  std::size_t conditions() const { return plans_ == 0 ? 0 : ms_.size() / plans_; }
  std::size_t plans() const { return plans_; }
  double& at(std::size_t condition, std::size_t plan) { return ms_[condition * plans_ + plan]; }
  double at(std::size_t condition, std::size_t plan) const { return ms_[condition * plans_ + plan]; }
  bool has(std::size_t condition, std::size_t plan) const { return !std::isnan(at(condition, plan)); }

 private:
  std::size_t plans_ = 0;
  std::vector<double> ms_;
};

// Returns the fastest plan under `condition`; the first one of a tie. REQUIRES: some time is known.
std::uint32_t best_plan(const TimeTable& times, std::size_t condition);

// Returns the plan with the smallest mean over all conditions, of those with known times under each; nothing if there
// is none.
std::optional<std::uint32_t> best_static_plan(const TimeTable& times);

// The times, in milliseconds, of the plan that was chosen for a condition and of the plan that stays.
struct PaidTimes {
  double chosen = 0;
  double stays = 0;
};

// Returns the times of each condition's best plan and of `stays`, for conditions in which both are known.
std::vector<PaidTimes> best_beside(const TimeTable& times, std::uint32_t stays);

}  // namespace tideline::analysis
