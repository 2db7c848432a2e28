// Asked: a replay of every policy and yardstick over one trace.
#pragma once

#include "policy/replay/replay.h"
#include "tests/policy/replay/network.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tideline::replay::fixtures {

inline const std::vector<Contender> kEverybody{
    decide::PolicyKind::adaptive, decide::PolicyKind::table, decide::PolicyKind::fixed,
    Yardstick::edge_only,         Yardstick::cloud_only,     Yardstick::oracle,
    Yardstick::causal_025,        Yardstick::causal_05,      Yardstick::causal_1};

inline ReplayRequest request(const Trace& bandwidth, const Trace* cpu, std::uint64_t seed) {
  ReplayRequest request{.bandwidth = &bandwidth, .cpu = cpu, .contenders = kEverybody};
  request.policy.table = network(seed);
  request.setting.seed = seed;
  return request;
}

// Returns the figures of that contender. REQUIRES: it is there.
inline const Figures& of(const std::vector<Figures>& all, std::string_view policy) {
  return *std::ranges::find(all, policy, &Figures::policy);
}

}  // namespace tideline::replay::fixtures
