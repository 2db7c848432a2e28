// Balance: which of several peers gets the next request: the power of two choices.
//
// Of two that are drawn at random, the one that is expected to answer sooner. So load spreads by what peers can do, and
// no peer is run over because it looked best to all edges at once. Pure functions; chance comes in with the question.
// Thread-safe.
#pragma once

#include "runtime/base/time.h"

#include <cstddef>
#include <optional>
#include <random>
#include <span>

namespace tideline {

// One peer, as a request sees it.
struct PeerLoad {
  bool usable = true;  // Connected, and holds the model in the precision that is wanted.
  double share = 1;    // With which probability it takes part (Health).
  std::size_t outstanding = 0;
  std::optional<Duration> rtt;       // Absent, as all below: not known.
  std::optional<Duration> transfer;  // Of the request's bytes.
  std::optional<Duration> queue;
  std::optional<Duration> service;  // Of one request.
};

// Returns what is expected from sending to the answer, as far as it is known: behind all that is outstanding.
Duration expected_time(const PeerLoad& candidate);

// Returns true iff `a` is expected to answer before `b`: by the terms that are known of both, or where it is not known
// how long the two compute, by how much is outstanding.
bool sooner(const PeerLoad& a, const PeerLoad& b);

using Chance = std::mt19937_64;

// Returns the place of one of those that are usable; nothing when none is. Those with a share of 0 are taken only where
// there is no other: a doubtful peer is better than none.
std::optional<std::size_t> choose(std::span<const PeerLoad> candidates, Chance& chance);

}  // namespace tideline
