// FlowLine: predicts when requests end that pass three stages: the edge's compute slots, the uplink, the cloud's slots.
//
// Each stage serves in order of arrival (a flow line of queues, all of whose service times are known). The edge and the
// cloud serve by priority first, as their queues do (runtime/base/gate.h, runtime/cloud/tail_queue.h). A request that
// needs nothing of a stage passes it at once.
// The edge may be `ahead` of the long run (edge_work.h): a request has left its slot after the time that it takes
// alone, and the edge owes the rest of what it occupies. The next one begins once the edge owes no more than `ahead`.
// Keeps its memory between calls; belongs to one thread.
//
//   FlowLine line({.edge = 1, .cloud = 2});
//   for (const Duration end : line.ends(requests)) log("{}", to_string(end));
#pragma once

#include "policy/dispatch/offer.h"
#include "runtime/base/priority.h"
#include "runtime/base/time.h"

#include <cstddef>
#include <span>
#include <vector>

namespace tideline::dispatch {

// A request, and what it still needs.
struct Remaining {
  Duration arrives{};  // From now.
  Demand needs;
  Priority priority = kUsualPriority;
  bool runs = false;  // It has its slot of the first stage that it needs.
};

// Puts those behind the first `most` into two, which bounds the time that a prediction takes: those that need the edge
// first, and those that do not, which pass them; each by the highest of their priorities. A pure function.
std::vector<Remaining> bounded(std::vector<Remaining> requests, std::size_t most);

class FlowLine {
 public:
  explicit FlowLine(Slots slots, Duration ahead = {}) : slots_(slots), ahead_(ahead) {}

  // Returns when each request ends, from now, in their order. One that only occupies the edge is what the edge owes.
  // Those that arrive at the same time are served in the order given. Valid until the next call.
  std::span<const Duration> ends(std::span<const Remaining> requests);

 private:
  // Sorts order_ by the arrivals at the next stage, which are in at_.
  void arrive();
  // A stage that serves by priority: what requests need of it, and its slots.
  struct Stage {
    Duration Demand::* needs;
    int slots;
  };
  // Returns true iff nobody who waits for the stage is to be served before one who came earlier.
  bool is_by_arrival(std::span<const Remaining> requests, const Stage& stage) const;
  // Puts those that wait for the stage in the order in which they get their slots.
  void order_by_priority(std::span<const Remaining> requests, const Stage& stage);

  Slots slots_;
  Duration ahead_;
  std::vector<Duration> at_;          // By request: when it leaves the stage.
  std::vector<std::size_t> order_;    // Of arrival at the stage.
  std::vector<Duration> free_;        // When each slot of the stage is free.
  std::vector<std::size_t> waiting_;  // A heap: who waits for the stage.
};

}  // namespace tideline::dispatch
