// Agreement: how near the answers of a plan, as it is run, come to those of the whole network in fp32.
//
// Values and pure functions. Thread-safe.
#pragma once

#include "policy/plan/plan.h"
#include "runtime/base/precision.h"
#include "runtime/base/result.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tideline {

// In which precision each side computes.
struct Precisions {
  Precision edge = Precision::fp32;
  Precision cloud = Precision::fp32;

  bool operator==(const Precisions&) const = default;
};

// Of the answers y to a sample of inputs, beside the answers y0 of the whole network in fp32.
struct Agreement {
  double top1 = 1;       // Of all rows of all outputs, the share whose largest number has the same place in y and y0.
  double max_error = 0;  // The largest, over inputs and outputs, of max |y - y0| / max |y0|; at most kWorstError.
  std::uint32_t inputs = 0;

  bool operator==(const Agreement&) const = default;
};

// What stands for an error that is larger, or no number at all.
inline constexpr double kWorstError = 1e6;

std::string to_string(const Agreement& agreement);  // "top-1 99.2 %, largest error 0.41 %, over 128 inputs"

// Returns true iff something that takes part in the plan rounds to less than fp32.
bool is_lossy(const Plan& plan, const Precisions& precisions, std::uint32_t last_cut);

// What the answers of a plan must be like to be served, and what is known of them.
struct AccuracyLimit {
  std::optional<double> min_top1;  // Absent: any will do; so for the next.
  std::optional<double> max_error;
  Precisions precisions;
  std::uint32_t last_cut = 0;
  std::map<Plan, Agreement> measured;  // With these precisions.

  // Returns true iff the plan keeps what is asked: nothing is asked, it loses nothing, or it was measured to keep it.
  bool allows(const Plan& plan) const;
  bool operator==(const AccuracyLimit&) const = default;
};

}  // namespace tideline
