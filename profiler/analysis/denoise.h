// What plans take under conditions with the noise taken out: each term is its item's effect times its condition's.
//
//   edge     cut and codec  x  edge CPU and memory      head and encoding; of edge-only the rest of the network, too
//   network  cut and codec  x  uplink and delay
//   cloud    cut and codec  x  cloud CPU and memory     queueing and tail
//
// Every reading under one edge, one link or one cloud condition counts for the term, whatever the other side did
// meanwhile; two_way.h fits them, and mean_ratio.h adds what comes now and then. A term that mostly takes no time at
// all is predicted as none. Pure functions. Thread-safe.
#pragma once

#include "profiler/analysis/measurement_set.h"
#include "profiler/analysis/time_table.h"
#include "runtime/base/result.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace tideline {

inline constexpr std::size_t kParts = 3;  // Edge, network, cloud.

using Parts = std::array<double, kParts>;  // Milliseconds.

struct PartReading {
  std::uint32_t condition = 0;
  std::uint32_t plan = 0;
  Parts ms{};

  double total() const { return ms[0] + ms[1] + ms[2]; }
};

// Where the time of each of the timings went, in their order. The edge runs all of edge-only, whatever the terms are
// called.
std::vector<PartReading> part_readings(const MeasurementSet& measured);

// For each part, the conditions that are the same to it: a number from 0 for each condition.
struct PartConditions {
  std::array<std::vector<std::uint32_t>, kParts> of;
  std::array<std::uint32_t, kParts> count{};
};
PartConditions part_conditions(std::span<const Stress> conditions);

struct Denoised {
  TimeTable total;
  std::array<TimeTable, kParts> parts;
  std::array<TimeTable, kParts> error;       // Standard errors of the parts' logarithms.
  std::array<double, kParts> residual_sd{};  // Of one reading, relative; so the next.
  std::array<double, kParts> interaction_sd{};
};

// Fits `readings` and predicts every plan under every condition. Returns invalid, saying which part, when they leave a
// plan, or a condition of a part, without connection to the others. REQUIRES: readings are of `measured`'s conditions
// and plans, and each plan has some.
Result<Denoised> denoise(const MeasurementSet& measured, std::span<const PartReading> readings);

}  // namespace tideline
