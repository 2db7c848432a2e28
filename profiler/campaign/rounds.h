// Rounds: within a cell, every candidate is measured once before any is measured again, until all are known well
// enough.
//
// So that a slow drift of the machine falls on all alike. Pure functions: a campaign that was killed goes on with the
// very measurement that it would have made.
#pragma once

#include "profiler/journal/sample.h"
#include "runtime/base/time.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tideline {

inline constexpr std::uint32_t kLeastRepetitions = 3;  // With two, a wild one cannot be told from a good one.

// The half width of the 95 % confidence interval of the mean, of which it is a share, by Student's t. Infinite below
// two measurements.
double relative_half_width(std::span<const double> times);

struct RoundRule {
  std::uint32_t least = 0;  // Repetitions of each candidate.
  std::uint32_t most = 0;
  std::optional<double> interval;  // Relative half width that is enough; absent: `most` of each.
};
RoundRule rule_of(const Context& context, std::optional<double> interval);
// Returns what the first of two visits is to reach: half of the measurements.
RoundRule half_of(const RoundRule& rule);

// Whether a candidate with these totals needs no more, time allowing.
bool known(std::span<const double> totals, const RoundRule& rule);

// Returns all candidates in the order of one round of a cell.
std::vector<std::uint32_t> round_of(const Context& context, std::uint32_t cell, std::uint64_t round);

// Returns the candidates to measure next, in order: those of the least measured that are still wanted, shuffled by the
// campaign's seed. `totals` holds, for each of `candidates`, what was measured of it. Empty when the cell is done;
// without `time_left` that is so as soon as each has the least.
std::vector<std::uint32_t> next_round(const Context& context, std::uint32_t cell,
                                      std::span<const std::uint32_t> candidates,
                                      std::span<const std::vector<double>> totals, const RoundRule& rule,
                                      bool time_left);

// Returns how much of `left` may be spent on the first of several things to do, by their weights. REQUIRES: there is
// one.
Duration share_of(Duration left, std::span<const double> weights);

}  // namespace tideline
