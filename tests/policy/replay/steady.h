// Steady: a network on a steady link, to replay under load.
#pragma once

#include "policy/replay/replay.h"
#include "tests/policy/replay/network.h"

#include <algorithm>

namespace tideline::replay::fixtures {

// A network on a steady link, without errors of the table.
struct Steady {
  explicit Steady(std::uint64_t seed, Seconds length = 120)
      : way(*Trace::make(Trace::Kind::bandwidth, {{0, 12e6}, {length / 2, 12e6}})) {
    asked.policy.table = network(seed);
    asked.bandwidth = &way;
    asked.setting.wrong = {0, 0, 0, 0, 0, 0, 0, 20};
  }
  Figures of(Contender contender) {
    asked.contenders = {contender};
    return replay(asked).front();
  }
  // The most requests per second that one of the plans serves alone.
  double best_alone() const {
    double best = 0;
    for (const table::Estimate& e : asked.policy.table->unstressed().estimates) {
      const double upload = static_cast<double>(e.wire.count) * 8 / 12e6;
      best = std::max(best, 1 / std::max({seconds(e.mean.head + e.mean.encode), upload, seconds(e.mean.tail)}));
    }
    return best;
  }
  Trace way;
  ReplayRequest asked;
};

}  // namespace tideline::replay::fixtures
