// Denoise: predicts the times of plans under conditions without noise: each term is an item effect times a condition
// effect.
//
//   edge     cut and codec  x  edge CPU and memory      head and encoding; of edge-only the rest of the network, too
//   network  cut and codec  x  uplink and delay
//   cloud    cut and codec  x  cloud CPU and memory     queueing and tail
//
// Every reading under an edge, link or cloud condition counts for its term, whatever the other sides were. two_way.h
// fits the terms, and mean_ratio.h adds occasional delays. A term that mostly takes no time is predicted as zero. Pure
// functions. Thread-safe.
#pragma once

#include "profiler/analysis/measurement_set.h"
#include "profiler/analysis/time_table.h"
#include "runtime/base/result.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace tideline::analysis {

inline constexpr std::size_t kParts = 3;  // Edge, network, cloud.

using Parts = std::array<double, kParts>;  // Milliseconds.

struct PartReading {
  std::uint32_t condition = 0;
  std::uint32_t plan = 0;
  Parts ms{};

  double total() const { return ms[0] + ms[1] + ms[2]; }
};

// Returns the times of each timing's parts, in order. For edge-only, all terms count as the edge's.
std::vector<PartReading> part_readings(const MeasurementSet& measured);

// For each part, the distinct conditions that affect it: a number from 0 for each condition.
struct PartConditions {
  std::array<std::vector<std::uint32_t>, kParts> of;
  std::array<std::uint32_t, kParts> count{};
};
PartConditions part_conditions(std::span<const plan::Stress> conditions);

struct Denoised {
  TimeTable total;
  std::array<TimeTable, kParts> parts;
  std::array<TimeTable, kParts> error;          // Standard errors of the parts' logarithms.
  std::array<double, kParts> residual_sd{};     // Relative standard deviation of one reading.
  std::array<double, kParts> interaction_sd{};  // Relative standard deviation of the interactions.
};

// Fits `readings` and predicts every plan under every condition. Returns invalid, naming the part, if they leave a
// plan, or a condition of a part, unconnected to the others. REQUIRES: readings are of `measured`'s conditions and
// plans, and each plan has some.
Result<Denoised> denoise(const MeasurementSet& measured, std::span<const PartReading> readings);

}  // namespace tideline::analysis
