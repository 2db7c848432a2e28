// Agreement: how closely a plan's answers match those of the whole network in fp32.
//
// Values and pure functions. Thread-safe.
#pragma once

#include "policy/plan/accuracy.h"
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
  std::optional<Accuracy> accuracy{};  // Absent if no input has a label.
  // How many boxes of y0 have a counterpart in y: of the same class, with an IoU of at least one half. Absent if the
  // model is no detector, or y0 has no box.
  std::optional<Counted> boxes{};

  // Returns the figure that a least accuracy limits: the right answers by top-1, or else the kept boxes. Absent if
  // neither was measured.
  std::optional<Counted> counted() const;
  bool operator==(const Agreement&) const = default;
};

// Stands for any larger error, and for an error that is not a number.
inline constexpr double kWorstError = 1e6;

// Returns "top-1 99.2 %, largest error 0.41 %, over 128 inputs", then "; accuracy 69.7 % (62.8 % to 75.8 %) of 188
// labelled" or "; keeps 98.6 % (97.3 % to 99.3 %) of 512 boxes", if that was measured.
std::string to_string(const Agreement& agreement);

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
  std::map<Plan, Agreement> measured;    // Measured with these precisions.
  bool real_inputs = false;              // They were measured over real inputs, not over random numbers.
  std::optional<double> min_accuracy{};  // The least share of right answers, or of kept boxes: Agreement::counted().

  // With a limit, returns true iff what was measured of the plan satisfies the limits; a plan of which nothing was
  // measured must be lossless. Limits hold for the measured share, not for an end of its interval. Without a limit,
  // returns true unless the plan sends steps whose measured agreement does not satisfy the default.
  bool allows(const Plan& plan) const;
  bool is_default() const { return !min_top1 && !max_error && !min_accuracy; }
  bool has_steps() const;  // Some measured plan sends steps.
  // Returns the number of real inputs over which steps were measured; 0 if they were not.
  std::uint32_t inputs_of_steps() const;
  bool operator==(const AccuracyLimit&) const = default;
};

// Returns "top-1 at least 99 %, largest error at most 5 %, accuracy at least 70 %", or "default: top-1 at least 99 %
// over 190 inputs", or why the default allows no steps.
std::string to_string(const AccuracyLimit& limit);

}  // namespace tideline::plan
