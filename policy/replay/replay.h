// Replay: what policies would have cost over traces of bandwidth and CPU, beside those who know more.
//
// Open loop: request i begins at i * period under every policy, whatever became of those before. All see the same
// World. Pure: equal arguments have equal results. Thread-safe.
#pragma once

#include "policy/replay/player.h"
#include "policy/replay/world.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tideline::replay {

inline constexpr std::array<Seconds, 3> kCausalAges{0.25, 0.5, 1};

enum class Who {
  adaptive,
  table,
  fixed,      // Every plan of the table, held; waits for its answers as long as they take.
  edge_only,  // Those of fixed, by name.
  cloud_only,
  oracle,      // Knows what each request will take by each plan. Does not race.
  causal_025,  // Know all that was true so long ago, and take it to be so still. Race.
  causal_05,
  causal_1,
};
Result<Who> parse_who(std::string_view text);  // "adaptive", "table", "static", "edge-only", ..., "causal-0.25"
std::string_view name(Who who);

struct Named {
  std::string name;
  std::optional<Trace> trace;  // Absent: an idle edge.
};

struct Question {
  std::shared_ptr<const PartitionTable> table;
  const Trace* bandwidth = nullptr;
  const Trace* cpu = nullptr;  // Null: an idle edge.
  std::vector<Who> who;
  double rate = 5;         // Requests per second; positive.
  Seconds dropped = 5;     // From the start, while sensors are cold; at most a tenth of the trace.
  std::uint64_t most = 0;  // Requests; 0: as many as the bandwidth trace is long for.
  ReplaySetting setting;
  Habits habits;
  AdaptivePolicy::Options adaptive;
};

struct BestStatic {
  Plan plan;
  double mean_ms = 0;
};

struct Figures {
  std::string policy;        // Name of Who.
  std::optional<Plan> plan;  // The one that is held, of fixed plans.
  std::uint64_t requests = 0;
  double mean_ms = 0, p50_ms = 0, p95_ms = 0, p99_ms = 0;
  double oracle_mean_ms = 0, oracle_p99_ms = 0;
  std::array<double, 3> causal_mean_ms{};  // By kCausalAges.
  BestStatic best_static;
  Counters counters;
  Seconds lasted = 0;

  // How much more the policy took than the oracle did, in per cent; and than a causal one.
  double regret() const { return 100 * (mean_ms / oracle_mean_ms - 1); }
  double causal_regret(std::size_t age) const { return 100 * (mean_ms / causal_mean_ms[age] - 1); }
};

// Returns the figures of each who, in their order; of fixed: one for each plan. REQUIRES: there is a table, a
// bandwidth.
std::vector<Figures> replay(const Question& question);

}  // namespace tideline::replay
