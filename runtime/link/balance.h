// Balance: chooses which of several peers gets the next request, by the power of two choices.
//
// It draws two peers at random and takes the one that should answer sooner. So peers get load by their capacity, and
// no peer is flooded because it looks best to all edges at once. Pure functions; the caller passes the random generator
// in. Thread-safe.
//
//   std::vector<PeerLoad> peers(2);
//   peers[0].outstanding = 3;
//   Chance chance(seed);
//   const std::optional<std::size_t> chosen = choose(peers, chance);  // An index into `peers`.
#pragma once

#include "runtime/base/time.h"

#include <cstddef>
#include <optional>
#include <random>
#include <span>

namespace tideline::link {

// The state of one peer for one request.
struct PeerLoad {
  bool usable = true;  // Connected, and holds the model in the requested precision.
  double share = 1;    // The probability that it takes part in a choice (Health).
  std::size_t outstanding = 0;
  std::optional<Duration> rtt;       // Absent, as all below: unknown.
  std::optional<Duration> transfer;  // Of the request's bytes.
  std::optional<Duration> queue;
  std::optional<Duration> service;  // Of one request.
};

// Returns the expected time from sending to the answer, behind all outstanding requests. Unknown terms count as zero.
Duration expected_time(const PeerLoad& candidate);

// Returns true iff `a` is expected to answer before `b`. Compares the terms that are known for both; if a service time
// is unknown, compares the numbers of outstanding requests.
bool sooner(const PeerLoad& a, const PeerLoad& b);

using Chance = std::mt19937_64;

// Returns the index of a usable peer; nothing if there is none. Takes a peer with a share of 0 only if there is no
// other: a doubtful peer is better than none.
std::optional<std::size_t> choose(std::span<const PeerLoad> candidates, Chance& chance);

}  // namespace tideline::link
