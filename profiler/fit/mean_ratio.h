// From the centre of readings to their mean: what delays that come now and then add.
//
// A fit of centres says what is usual. Who serves many requests pays the mean, which is larger wherever some readings
// are delayed (by a timer of TCP, by another process), and by how much differs from pair to pair. The ratio of a pair's
// readings to their predictions has that mean (the smearing of Duan 1983); it is drawn towards that of all pairs as far
// as it is uncertain, its variance being drawn towards that of all (Smyth 2004).
// Pure functions. Thread-safe.
#pragma once

#include "profiler/fit/two_way.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tideline {

struct MeanRatio {
  double ratio = 1;           // Mean over predict().
  double standard_error = 0;  // Relative.
};

// By item, then condition; of pairs without readings, that of all. REQUIRES: `fit` is of these readings.
std::vector<MeanRatio> mean_ratios(const TwoWayFit& fit, std::span<const Reading> readings, std::uint32_t items,
                                   std::uint32_t conditions);

}  // namespace tideline
