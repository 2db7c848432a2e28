// EdgeWork: learns how long a request by each plan occupies the edge in the long run.
//
// The time that it takes alone says too little. Under a CPU quota a short run goes faster than many in a row can. And
// the process computes beside the networks: connections, parsing, sending. So this counts CPU time per request, of its
// runs and of the rest of the process, over the cores that the process may use (the utilisation law: Denning and
// Buzen, "The operational analysis of queueing network models", ACM Computing Surveys 1978). A value: events and times
// come in. Belongs to one thread.
//
//   EdgeWork work;
//   work.ended(&plan, milliseconds(7));                    // For each request: its runs took 7 ms of CPU time.
//   work.account({.process = total, .cores = 0.25}, now);  // Now and then.
//   const Duration time = work.seen().occupies(milliseconds(7), slots);  // Of a slot.
#pragma once

#include "policy/plan/plan.h"
#include "runtime/base/time.h"

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace tideline::dispatch {

// What requests compute on an edge, and on how much of it.
struct WorkSeen {
  double cores = 0;                           // That the process may use in the long run; not above 0: unknown.
  Duration rest{};                            // CPU time of the process beside its runs, per request.
  std::map<plan::Plan, Duration> computed{};  // CPU time of a request's runs, by plan; means.

  // Returns for how long a request that computes so much occupies one of `slots`. REQUIRES: cores > 0.
  Duration occupies(Duration time, int slots) const { return from_seconds(seconds(time + rest) * slots / cores); }

  // Returns how far the edge is ahead of the long run before the next request has to wait: what a CPU quota grants for
  // a period may be used at once, so at its start the edge may be ahead by 1 - cores/slots of the period, at its end by
  // nothing, and half of that in the mean. 0 without a quota, or if nothing is known.
  Duration ahead(int slots) const;

  // A plan, and how long its runs take alone.
  struct Alone {
    plan::Plan plan;
    Duration time{};
  };
  // Returns the CPU time of each plan's runs, in order. One that was not seen computes as much longer than it takes
  // alone as the one of its model with the nearest cut that was; 0 if none was.
  std::vector<Duration> computed_of(std::span<const Alone> plans) const;
};

class EdgeWork {
 public:
  static constexpr std::size_t kLeast = 20;  // Requests of a window; fewer say nothing of the rest of the process.

  // A request by `plan` has ended; its runs took `computed` of CPU time here, on all their threads together. Null: it
  // took something else than its plan takes, as a tail.
  void ended(const plan::Plan* plan, Duration computed);

  struct Used {
    Duration process{};  // CPU time of the whole process so far.
    double cores = 0;    // That it may use in the long run, as 0.25 under a quota; not above 0: unknown.
  };
  // Closes a window if it lasts a second and has enough requests; drops one that has too few after kLongest.
  void account(const Used& used, TimePoint now);

  const WorkSeen& seen() const { return seen_; }

 private:
  static constexpr Duration kShortest = std::chrono::seconds(1);
  static constexpr Duration kLongest = std::chrono::seconds(10);

  struct Window {
    TimePoint began;
    Duration process{};   // At its beginning.
    Duration computed{};  // By requests since then.
    std::size_t requests = 0;
  };

  WorkSeen seen_;
  std::map<plan::Plan, std::size_t> runs_;  // That each mean is of.
  std::optional<Window> window_;
  bool knows_rest_ = false;
};

}  // namespace tideline::dispatch
