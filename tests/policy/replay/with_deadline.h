// Requests with a deadline on a link with outages, and how many were late or refused.
#pragma once

#include "policy/replay/generate.h"
#include "policy/replay/replay.h"
#include "tests/policy/replay/network.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace tideline::replay::fixtures {

struct WithDeadline {
  Figures adaptive;
  Seconds deadline = 0;
};

// Serves `requests` with equal gaps at `share` of what the edge alone can serve, over a link that is dark at times. The
// deadline is 1.1 of the longest time that a request takes on the edge alone.
inline WithDeadline serve_with_deadline(std::uint64_t requests, double share, std::uint64_t seed) {
  const Trace way = generate(Trace::Kind::bandwidth, cellular(20), 600, seed);
  ReplayRequest asked{.bandwidth = &way, .contenders = {decide::PolicyKind::adaptive, Yardstick::edge_only}};
  asked.policy.table = network(seed);
  const table::Estimate& alone = *asked.policy.table->unstressed().find(asked.policy.table->edge_only());
  asked.arrivals = {.rate = share / seconds(alone.mean.total()), .most = requests};
  asked.setting.seed = seed;
  asked.setting.wrong = {.edge = 0, .cloud = 0, .layer = 0, .network = 0.2, .neighbour = 0};
  asked.habits.deadline = 3600;
  ReplayRequest calm = asked;
  calm.contenders = {Yardstick::edge_only};
  const Figures edge = replay(calm).front();
  asked.habits.deadline = 1.1 * edge.max_ms / 1e3;
  const auto told = replay(asked);
  EXPECT_EQ(*told[1].late, 0u) << "the edge alone keeps it";
  return {told[0], *asked.habits.deadline};
}

}  // namespace tideline::replay::fixtures
