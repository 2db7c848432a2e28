// Mean ratio: converts the centre of readings into their mean, which includes occasional delays.
//
// A fit of centres predicts the usual time. The average over many requests is larger if some are delayed (by a timer of
// TCP, by another process). The excess differs from pair to pair. The ratio of a pair's readings to their
// predictions has this mean (the smearing of Duan 1983). It is shrunk towards the ratio of all pairs to the extent that
// it is uncertain. Its variance is shrunk towards that of all pairs (Smyth 2004). Pure functions. Thread-safe.
#pragma once

#include "profiler/fit/two_way.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tideline::fit {

struct MeanRatio {
  double ratio = 1;           // Mean over predict().
  double standard_error = 0;  // Relative.
};

// By item, then condition; pairs without readings get the ratio of all. REQUIRES: `fit` was made from these readings.
std::vector<MeanRatio> mean_ratios(const TwoWayFit& fit, std::span<const Reading> readings, std::uint32_t items,
                                   std::uint32_t conditions);

}  // namespace tideline::fit
