// Agreement: how closely a plan's answers match those of the whole network in fp32.
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

namespace tideline::plan {

// The precision in which each side computes.
struct Precisions {
  Precision edge = Precision::fp32;
  Precision cloud = Precision::fp32;

  bool operator==(const Precisions&) const = default;
};

// Compares the answers y of a plan with the answers y0 of the whole network in fp32, over a sample of inputs.
struct Agreement {
  double top1 = 1;       // Share of the rows of all outputs whose largest number has the same place in y and y0.
  double max_error = 0;  // Largest max |y - y0| / max |y0| over inputs and outputs; at most kWorstError.
  std::uint32_t inputs = 0;

  bool operator==(const Agreement&) const = default;
};

// How many of the inputs with a known class got it as their largest number.
struct Accuracy {
  std::uint32_t right = 0;
  std::uint32_t labelled = 0;

  bool operator==(const Accuracy&) const = default;
};

// Stands for any larger error, and for an error that is not a number.
inline constexpr double kWorstError = 1e6;

std::string to_string(const Agreement& agreement);  // "top-1 99.2 %, largest error 0.41 %, over 128 inputs"

// Returns true iff some part of the plan computes or sends with less precision than fp32.
bool is_lossy(const Plan& plan, const Precisions& precisions, std::uint32_t last_cut);

// The accuracy that a plan needs to be served, and the measured accuracies.
struct AccuracyLimit {
  std::optional<double> min_top1;  // An absent limit allows everything.
  std::optional<double> max_error;
  Precisions precisions;
  std::uint32_t last_cut = 0;
  std::map<Plan, Agreement> measured;  // Measured with these precisions.

  // Returns true iff there is no limit, the plan is lossless, or its measured agreement satisfies the limits.
  bool allows(const Plan& plan) const;
  bool operator==(const AccuracyLimit&) const = default;
};

}  // namespace tideline::plan
