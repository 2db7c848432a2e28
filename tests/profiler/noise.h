// Noise for tests: the same with every standard library.
#pragma once

#include "profiler/fit/random.h"

namespace tideline::fixtures {

// About normal, of mean 0 and standard deviation 1: the sum of twelve draws (Irwin and Hall).
inline double gaussian(fit::Random& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += static_cast<double>(fit::below(1u << 20, random)) / (1u << 20);
  return sum;
}

inline bool one_in(std::uint64_t n, fit::Random& random) {
  return fit::below(n, random) == 0;
}

}  // namespace tideline::fixtures
