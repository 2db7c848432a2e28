// Arrivals: when the requests of an open loop are due.
//
//   for (const double due_s : arrival_times(Arrivals::poisson, 20, 60, 1)) ...
//
// Pure functions; equal arguments give equal times on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tideline {

enum class Arrivals {
  poisson,   // Independent of one another: the gaps are exponential.
  periodic,  // With equal gaps.
  bursts,    // kBurst at once, with equal gaps between the groups.
};

inline constexpr std::size_t kBurst = 5;

// Returns nothing iff no process has that name.
std::optional<Arrivals> parse_arrivals(std::string_view name);

// Returns times in seconds, from 0 to less than `seconds`, in order; `rate` of them per second, for poisson on average.
// REQUIRES a rate above zero.
std::vector<double> arrival_times(Arrivals arrivals, double rate, double seconds, std::uint64_t seed);

}  // namespace tideline
