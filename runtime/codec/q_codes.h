// Codes: the whole numbers that stand for a tensor under a codec of steps.
//
// The number that a code stands for is code * step. A later tensor may be sent as the difference to them. They depend
// on the tensor and the codec alone. Immutable. Thread-safe.
#pragma once

#include "runtime/codec/q_step.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace tideline::codec {

class Codes {
 public:
  // REQUIRES: `codes` holds equally many for each step.
  Codes(std::vector<Step> steps, std::vector<std::int16_t> codes)
      : steps_(std::move(steps)), codes_(std::move(codes)) {}

  // Returns true iff the other tensor has as many images, of as many numbers.
  bool fits(std::size_t images, std::size_t numbers) const {
    return steps_.size() == images && codes_.size() == images * numbers;
  }
  Step step(std::size_t image) const { return steps_[image]; }
  std::span<const std::int16_t> of(std::size_t image) const {
    const std::size_t numbers = codes_.size() / steps_.size();
    return std::span(codes_).subspan(image * numbers, numbers);
  }

  std::size_t bytes() const { return codes_.size() * sizeof(std::int16_t) + steps_.size() * sizeof(Step); }

 private:
  std::vector<Step> steps_;  // One per image.
  std::vector<std::int16_t> codes_;
};

// Writes the nearest code of each number; ties go to the even one. Returns false if one is larger than kLargestCode.
// REQUIRES: all numbers are finite.
bool quantise(std::span<const float> numbers, Step step, std::span<std::int16_t> codes);

// Writes the numbers that codes stand for; the largest finite one where the product overflows.
void restore(std::span<const std::int16_t> codes, Step step, std::span<float> numbers);

// Writes the codes of one step that are nearest to what those of another stand for.
void predict(std::span<const std::int16_t> from, Step before, Step now, std::span<std::int16_t> codes);

}  // namespace tideline::codec
