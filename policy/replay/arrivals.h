// Arrivals: when the requests of an open loop arrive, made from a seed or read from a file.
//
// Pure functions; equal arguments give equal times on every machine. Thread-safe.
//
//   for (const Seconds at : arrival_times({Arrivals::poisson, 20}, trace.length(), 1)) ...
#pragma once

#include "policy/replay/trace.h"
#include "runtime/base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tideline::replay {

enum class Arrivals {
  periodic,  // With equal gaps.
  poisson,   // Independent of one another: the gaps are exponential.
  bursts,    // kBurst at once, with equal gaps between the groups.
};

inline constexpr std::size_t kBurst = 5;

// Returns nothing iff no process has that name.
std::optional<Arrivals> parse_arrivals(std::string_view name);

struct ArrivalProcess {
  Arrivals kind = Arrivals::periodic;
  double rate = 5;         // Per second; positive. For poisson the mean.
  std::uint64_t most = 0;  // Requests; 0: as many as arrive in the given time.
};

// Returns the times of at least one request, in order: process.most of them, or those of the first `length` seconds.
std::vector<Seconds> arrival_times(const ArrivalProcess& process, Seconds length, std::uint64_t seed);

// Parses a file of requests; policy/replay/README.md describes the format. Returns invalid, with the line, on error.
Result<std::vector<Seconds>> parse_requests(std::string_view csv);

// Returns the mean rate of requests at these times, per second; nothing if they are at one moment.
std::optional<double> mean_rate(const std::vector<Seconds>& times);

}  // namespace tideline::replay
