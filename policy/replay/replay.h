// Replay: computes what policies would have cost over traces of bandwidth and CPU, beside yardsticks that know more.
//
// Open loop: requests arrive at the same times for every contender, whatever happened to earlier ones. All contenders
// see the same World; the queues belong to each. Pure: equal arguments give equal results. Thread-safe.
//
//   ReplayRequest request{.bandwidth = &trace, .contenders = {PolicyKind::adaptive, Yardstick::oracle}};
//   request.policy.table = table;
//   for (const Figures& figures : replay(request)) print(figures.policy, figures.mean_ms);
#pragma once

#include "policy/decide/policies.h"
#include "policy/replay/arrivals.h"
#include "policy/replay/capacity.h"
#include "policy/replay/simulated_agent.h"
#include "policy/replay/world.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tideline::replay {

inline constexpr std::array<Seconds, 3> kCausalAges{0.25, 0.5, 1};

// Contenders that no real agent could be; policies are compared with them.
enum class Yardstick {
  edge_only,   // The edge-only plan, held.
  cloud_only,  // The best plan that runs nothing on the edge, held.
  oracle,      // Knows the latency of each request by each plan, if it were alone. Does not hedge.
  causal_025,  // These have perfect information that is so many seconds old, assume that nothing has changed, and
               // hedge. Each of their requests is alone, too.
  causal_05,
  causal_1,
  clairvoyant,  // Its requests wait for one another; clairvoyant.h says what it knows.
};

// A policy, as an agent runs it, or a yardstick. PolicyKind::fixed stands for every plan of the table, each held; each
// waits for its answers without a limit.
using Contender = std::variant<decide::PolicyKind, Yardstick>;
Result<Contender> parse_contender(std::string_view text);  // "adaptive", "static", "edge-only", ..., "causal-0.25"
std::string_view name(const Contender& contender);

struct ReplayRequest {
  decide::PolicySettings policy;  // Its table is what policies know; replay() fills in plan and edge_only.
  // What is true of machines and plans; null: what the policies know. All plans that they know must be in it.
  std::shared_ptr<const table::PartitionTable> world;
  const Trace* bandwidth = nullptr;
  const Trace* cpu = nullptr;  // Null: an idle edge.
  std::vector<Contender> contenders;
  ArrivalProcess arrivals;                      // Without a limit, as many as come while the bandwidth trace lasts.
  const std::vector<Seconds>* times = nullptr;  // Of the requests, in order, in place of arrivals' process and rate.
  Seconds dropped = 5;  // Not counted: warm-up of the sensors at the start; at most a tenth of the replay.
  ReplaySetting setting;
  AgentOptions habits;  // Its deadline is also that of the policies.
};

struct BestStatic {
  plan::Plan plan;
  double mean_ms = 0;
};

struct Figures {
  std::string policy;              // Name of the contender.
  std::optional<plan::Plan> plan;  // The held plan, if the contender holds one.
  std::uint64_t requests = 0;          // Those that were answered.
  std::optional<std::uint64_t> late;   // Answered after the deadline; absent: there is none.
  std::uint64_t refused = 0;           // For the deadline.
  double mean_ms = 0, p50_ms = 0, p95_ms = 0, p99_ms = 0, max_ms = 0;
  double oracle_mean_ms = 0, oracle_p99_ms = 0;
  std::array<double, 3> causal_mean_ms{};  // By kCausalAges.
  BestStatic best_static;
  Counters counters;
  Seconds lasted = 0;
  double rate = 0;    // Requests per second, on average.
  Capacity capacity;  // Of all plans together.

  // Returns the extra time of the policy over the oracle in per cent; causal_regret(): over a causal contender.
  double regret() const { return 100 * (mean_ms / oracle_mean_ms - 1); }
  double causal_regret(std::size_t age) const { return 100 * (mean_ms / causal_mean_ms[age] - 1); }
};

// Returns the first reason why `known` cannot be replayed in a world that is as `world` says: it is of another model, or
// it has a plan that `world` lacks.
Result<void> check_world(const table::PartitionTable& known, const table::PartitionTable& world);

// Returns the figures of each contender, in order; for PolicyKind::fixed, one for each plan of the world. REQUIRES: the
// request has a table with an edge-only plan, and a bandwidth trace; check_world() accepts its tables.
std::vector<Figures> replay(const ReplayRequest& request);

}  // namespace tideline::replay
