// Step: the distance between the numbers that a codec of steps (q64 to q1) can express, chosen for one image's tensor.
//
// The step is the root mean square of the image's numbers divided by the codec's steps (steps_of), rounded to a power
// of 2^(1/8), so that similar images mostly get the same step. Pure functions: the same result on every machine, since
// sums of squares are exact up to their order, which is fixed. Thread-safe.
#pragma once

#include "policy/plan/plan.h"

#include <cstdint>
#include <span>

namespace tideline::codec {

class Step {
 public:
  // Steps are 2^(exponent / 8), between these: then 1 / step and all codes stay finite.
  static constexpr int kLeast = -8 * 126, kMost = 8 * 126;

  // REQUIRES: kLeast <= exponent <= kMost.
  explicit Step(std::int16_t exponent) : exponent_(exponent) {}

  std::int16_t exponent() const { return exponent_; }
  float size() const;
  float per_unit() const { return 1 / size(); }

  bool operator==(const Step&) const = default;

 private:
  std::int16_t exponent_;
};

// Returns the mean of the squares; infinite or NaN iff one of the numbers is. REQUIRES: there are some.
double mean_square(std::span<const float> numbers);

// REQUIRES: the codec is one of steps; the mean is finite and above 0.
Step step_for(plan::Codec codec, double mean_square);

}  // namespace tideline::codec
