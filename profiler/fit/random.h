// Random draws that are the same for a seed with every standard library, unlike std::shuffle and the std distributions.
#pragma once

#include <cstdint>
#include <limits>
#include <random>
#include <utility>
#include <vector>

namespace tideline::fit {

using Random = std::mt19937_64;

// Returns a number from 0 to n - 1, uniformly. REQUIRES: n > 0.
inline std::uint64_t below(std::uint64_t n, Random& random) {
  // Draws above the last whole multiple of n would favour small numbers.
  const std::uint64_t accepted = std::numeric_limits<std::uint64_t>::max() / n * n;
  std::uint64_t draw = random();
  while (draw >= accepted) draw = random();
  return draw % n;
}

// Shuffles by Fisher and Yates: all orders are equally likely.
template <typename T>
void shuffle(std::vector<T>& items, Random& random) {
  for (std::size_t left = items.size(); left > 1; --left) std::swap(items[left - 1], items[below(left, random)]);
}

}  // namespace tideline::fit
