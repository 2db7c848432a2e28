// Offers: the plans among which each request of a model gets its own, and what a request takes by each.
//
// Values. Thread-safe.
#pragma once

#include "policy/plan/plan.h"
#include "runtime/base/time.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tideline::dispatch {

// What a request takes: first the edge, then the uplink, then the cloud, each in order of arrival.
struct Demand {
  Duration edge{};      // Of a compute slot of the edge; of edge-only, all of it.
  Duration uplink{};    // Of the uplink, at its present rate.
  Duration queue{};     // Waiting in the cloud for requests of others; at least.
  Duration cloud{};     // Of a compute slot of the cloud.
  Duration rest{};      // In which requests do not wait for one another: the round trip, and a stall.
  Duration occupies{};  // Of a slot of the edge in the long run, as edge_work.h says; 0: unknown.

  Duration long_run() const { return std::max(edge, occupies); }
  Duration total() const { return edge + uplink + queue + cloud + rest; }
  // All but the rest takes so many times as long. Each is 0 to kLongest: so sums over all requests cannot overflow.
  Demand times(std::uint64_t batch) const;
  static constexpr Duration kLongest = std::chrono::hours(24);
  bool sends() const { return uplink > Duration{} || cloud > Duration{} || rest > Duration{}; }
  bool operator==(const Demand&) const = default;
};

struct Offer {
  plan::Plan plan;
  Demand demand;
  Duration price{};  // Of what else it costs, as time.

  bool operator==(const Offer&) const = default;
};

// By what the plan of a request is chosen.
enum class Rule {
  finish,          // The sum of the latencies of this request, of those in progress and of the next ones.
  shortest_queue,  // Edge-only or the fastest plan that sends: where fewer requests are in progress.
  least_work,      // The same two: where less work is left.
};

struct Offers {
  std::vector<Offer> plans;
  std::size_t usual = 0;  // Serves unless another plan is better by more than `hysteresis`.
  double hysteresis = 0;  // A share of the usual plan's latency; 0 to 1.
  Rule rule = Rule::finish;
  int cloud_slots = 1;  // How many requests the cloud computes at once now.
};

// How long the rest of a request takes alone, once its head is done, as expected now.
struct Rest {
  Duration there{};  // Until the cloud's answer.
  Duration here{};   // Of a slot of the edge: its tail.
};

// How long a request that has left the edge's slots waits for others, as expected.
struct Waits {
  Duration there{};  // For the uplink and in the cloud.
  Duration here{};   // For a slot of the edge, if its tail ran here; and as much longer as that then takes.
  // Whether its tail is to run here, for the sake of all requests. Absent: it is alone, or its plan was not chosen
  // here.
  std::optional<bool> stays = {};
};

// How many requests each machine computes at once.
struct Slots {
  static constexpr int kMost = 1024;
  int edge = 1;
  int cloud = 1;
};

}  // namespace tideline::dispatch
