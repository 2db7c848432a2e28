// Rounds: the order of measurements in a cell: each round measures every candidate once, until all are known well
// enough.
//
// So a slow drift of the machine affects all candidates alike. Pure functions: a killed campaign continues with exactly
// the measurement that it would have made. Thread-safe.
#pragma once

#include "profiler/journal/sample.h"
#include "runtime/base/time.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tideline::campaign {

inline constexpr std::uint32_t kLeastRepetitions = 3;  // With two, an outlier cannot be told from a good one.

// Returns the half width of the mean's 95 % confidence interval (Student's t) as a share of the mean. Infinite below
// two measurements.
double relative_half_width(std::span<const double> times);

struct RoundRule {
  std::uint32_t least = 0;  // Repetitions of each candidate.
  std::uint32_t most = 0;
  std::optional<double> interval;  // Relative half width that is enough; absent: `most` of each.
};
RoundRule rule_of(const journal::Context& context, std::optional<double> interval);
// Returns the rule for the first of two visits: half of the measurements.
RoundRule half_of(const RoundRule& rule);

// Returns true iff a candidate with these totals needs no more measurements, if time allows.
bool known(std::span<const double> totals, const RoundRule& rule);

// Returns all candidates in the order of one round of a cell.
std::vector<std::uint32_t> round_of(const journal::Context& context, std::uint32_t cell, std::uint64_t round);

// Returns the candidates to measure next, in order: the least measured of those that need more, shuffled by the
// campaign's seed. `totals` holds the measured totals for each of `candidates`. Empty if the cell is done. Without
// `time_left`, a cell is done as soon as each candidate has the minimum.
std::vector<std::uint32_t> next_round(const journal::Context& context, std::uint32_t cell,
                                      std::span<const std::uint32_t> candidates,
                                      std::span<const std::vector<double>> totals, const RoundRule& rule,
                                      bool time_left);

// Returns the part of `left` that the first of several tasks may take, by their weights. REQUIRES: there is a task.
Duration share_of(Duration left, std::span<const double> weights);

}  // namespace tideline::campaign
