// Noise for tests: the same with every standard library.
#pragma once

#include "profiler/fit/random.h"

namespace tideline::testing {

// About normal, of mean 0 and standard deviation 1: the sum of twelve draws (Irwin and Hall).
inline double gaussian(Random& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += static_cast<double>(below(1u << 20, random)) / (1u << 20);
  return sum;
}

inline bool one_in(std::uint64_t n, Random& random) {
  return below(n, random) == 0;
}

}  // namespace tideline::testing
