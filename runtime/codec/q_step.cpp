#include "runtime/codec/q_step.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace tideline::codec {
namespace {

constexpr int kPerOctave = 8;
// 2^(i / 8)
constexpr std::array<float, kPerOctave> kRoots{1.0F,        1.09050773F, 1.18920712F, 1.29683955F,
                                               1.41421356F, 1.54221083F, 1.68179283F, 1.83400809F};
// 2^(i / 4 - 7 / 8): between two steps, as mean squares, for a mantissa of 1/2 to 1.
constexpr std::array<double, 4> kBetween{0.5452538663326288, 0.6484197773255048, 0.7711054127039704,
                                         0.9170040432046712};

}  // namespace

float Step::size() const {
  const int octave = exponent_ >> 3;  // Rounds down, also below zero.
  return std::ldexp(kRoots[static_cast<std::size_t>(exponent_ & 7)], octave);
}

// Sixteen sums side by side in one order on every machine. Squares of floats are exact as doubles, so fused
// multiplication changes nothing.
double mean_square(std::span<const float> numbers) {
  constexpr std::size_t kLanes = 16;
  std::array<double, kLanes> sums{};
  std::size_t i = 0;
  for (; i + kLanes <= numbers.size(); i += kLanes)
    for (std::size_t j = 0; j < kLanes; ++j) {
      const double x = numbers[i + j];
      sums[j] += x * x;
    }
  for (std::size_t j = 0; i + j < numbers.size(); ++j) {
    const double x = numbers[i + j];
    sums[j] += x * x;
  }
  double sum = 0;
  for (const double one : sums) sum += one;
  return sum / static_cast<double>(numbers.size());
}

Step step_for(plan::Codec codec, double mean_square) {
  int octaves = 0;
  const double mantissa = std::frexp(mean_square, &octaves);
  const auto passed = std::ranges::upper_bound(kBetween, mantissa) - kBetween.begin();
  // The mean square is 2^(octaves - 1 + passed / 4), rounded; its root has half the exponent.
  const int root = (kPerOctave / 2) * (octaves - 1) + static_cast<int>(passed);
  const int finer = kPerOctave * plan::halvings_of(codec);
  return Step(static_cast<std::int16_t>(std::clamp(root - finer, Step::kLeast, Step::kMost)));
}

}  // namespace tideline::codec
