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

// Returns true iff measured inputs that are called so, as "190 images", are not random numbers or images.
bool are_real(std::string_view inputs);

// Without a limit, plans that send tensors in steps (is_of_steps) need this agreement over as many real inputs. Fewer
// cannot tell 99 % from much less: of 100 inputs by a plan that errs in 3 %, all or all but one agree once in five
// times.
inline constexpr double kDefaultTop1 = 0.99;
inline constexpr std::uint32_t kDefaultInputs = 100;

// The accuracy that a plan needs to be served, and the measured accuracies.
struct AccuracyLimit {
  std::optional<double> min_top1;
  std::optional<double> max_error;
  Precisions precisions;
  std::uint32_t last_cut = 0;
  std::map<Plan, Agreement> measured;  // Measured with these precisions.
  bool real_inputs = false;            // They were measured over real inputs, not over random numbers.

  // With a limit, returns true iff the plan is lossless or its measured agreement satisfies the limits. Without one,
  // returns true unless the plan sends steps whose measured agreement does not satisfy the default.
  bool allows(const Plan& plan) const;
  bool is_default() const { return !min_top1 && !max_error; }
  bool has_steps() const;  // Some measured plan sends steps.
  // Returns the number of real inputs over which steps were measured; 0 if they were not.
  std::uint32_t inputs_of_steps() const;
  bool operator==(const AccuracyLimit&) const = default;
};

// Returns "top-1 at least 99 %, largest error at most 5 %", or "default: top-1 at least 99 % over 190 inputs", or why
// the default allows no steps.
std::string to_string(const AccuracyLimit& limit);

}  // namespace tideline::plan
