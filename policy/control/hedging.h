// Hedging: decides when a request that waits for the cloud also runs its tail on the edge, and how often.
//
// A hedged request takes the first answer (Dean and Barroso, "The Tail at Scale", 2013). The edge starts the tail once
// the cloud's answer is late. If it starts no later than after the tail's own time, the request takes at most twice the
// better of both, on any network. This is the bound of the ski-rental problem (Karlin, Manasse, Rudolph and Sleator,
// "Competitive Snoopy Caching", 1988). Values; each question comes with its time. Each belongs to one thread.
//
//   HedgedWait wait = hedging.sent(plan, now, now + patience);
//   while (!answered_by(wait.next()))
//     if (hedging.look(wait, clock(), seen()) != Hedging::Act::wait) return run_tail_here();
#pragma once

#include "policy/dispatch/offer.h"
#include "policy/plan/plan.h"
#include "policy/predict/prediction.h"
#include "runtime/base/time.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace tideline::control {

// Returns how long after sending an answer counts as late, if it is expected after `remote` and the tail takes `local`
// on this edge. It is late once lateness is evident, and at the latest after `local`. It is never late before a quarter
// of the expected time plus 10 ms: else a fast edge would hedge every request. A pure function.
Duration late_after(Duration remote, Duration local);

// Returns true iff a request with encoded tensors should run its tail on the edge: the expectation at the start of its
// head may be out of date. Requires a margin, as a change of plan does. A pure function.
bool faster_here(Duration remote, Duration local);

// The budget of hedges: each request earns a share of one, which bounds the extra work.
class HedgeBudget {
 public:
  explicit HedgeBudget(double share = 0.1, double most = 10) : share_(share), most_(most), hedges_(most) {}

  void earn();  // Call for every request that could be hedged.
  bool take();  // Returns false, and takes nothing, if there is none.

 private:
  double share_;
  double most_;
  double hedges_;
};

// A request that waits for the cloud.
class HedgedWait {
 public:
  static constexpr Duration kLook = std::chrono::milliseconds(50);  // Time between two looks at the uplink.
  static constexpr int kBusy = 10;

  // Sent at `sent`. The cloud's answer counts as late from `late` on (absent: never) and is given up at `until`; while
  // no slot of the edge is free, only after kBusy times the time. From `last` on, the tail here would end after the
  // request's deadline (absent: never).
  HedgedWait(TimePoint sent, std::optional<TimePoint> late, TimePoint until, std::optional<TimePoint> last = {});

  // Returns when to look next if no answer comes before.
  TimePoint next() const;

 private:
  friend class Hedging;
  TimePoint look_;
  std::optional<TimePoint> late_;
  std::optional<TimePoint> last_;
  TimePoint until_;
  TimePoint longest_;  // Then it is given up, whatever the edge does.
};

class Hedging {
 public:
  // The expected times of a request by one plan.
  struct Expected {
    plan::Plan plan;
    Duration total{};
    std::optional<predict::RemainingTime>
        remaining{};  // After encoding; absent if the plan sends nothing, or if it is unknown.
  };
  struct Forecast {
    std::vector<Expected> plans;  // Empty: nothing is known, and requests wait as long as they may.
    bool plan_is_held = false;    // faster_here() always returns false.
  };

  void expect(Forecast forecast) { forecast_ = std::move(forecast); }

  // Returns the expected latency of a request by `plan`; nothing if it is unknown.
  std::optional<Duration> expected(const plan::Plan& plan) const;

  // Returns true iff a request of `plan` whose head is done should run its tail here instead of sending tensors.
  // `waits`: for other requests, for whose sake it may stay or go though the other is faster for itself.
  bool faster_here(const plan::Plan& plan, const dispatch::Waits& waits = {}) const;

  // A request of `plan` is sent; its answer is given up at `until`. Earns a share of a hedge.
  // With a deadline it is hedged, too, as soon as the tail here would otherwise end after the deadline; if it is not
  // known how long that takes, at the deadline.
  HedgedWait sent(const plan::Plan& plan, TimePoint at, TimePoint until, const dispatch::Waits& waits = {},
                  std::optional<TimePoint> deadline = {});

  // Returns how long the rest of a request of `plan` takes after encoding; nothing if it is unknown.
  std::optional<dispatch::Rest> rest(const plan::Plan& plan) const;

  // What is seen when a request has no answer yet.
  struct Seen {
    bool stalled = false;   // The uplink stalls.
    bool edge_free = true;  // A slot of the edge is free. Else a tail here would delay other requests.
  };
  // Returns the next act of a request without an answer at `now`. Without a free slot it waits, but for its deadline:
  // under load, tails whose answers still come would fill the queue of the edge, which would make more answers late. A
  // hedge is counted and taken from the budget. A hedge because of a stall, or of the deadline, is only counted, as
  // there is nothing better to save the budget for.
  enum class Act {
    wait,
    hedge,    // Run the tail here; the cloud may still answer.
    give_up,  // Run the tail here; the waiting time is over.
  };
  Act look(HedgedWait& wait, TimePoint now, const Seen& seen);

  // A tail of `plan` took so long here.
  void on_tail_here(const plan::Plan& plan, Duration took);

  void won_here() { ++counters_.won_here; }  // The edge finished the tail of a hedged request first.

  struct Counters {
    std::uint64_t begun = 0;
    std::uint64_t won_here = 0;
  };
  const Counters& counters() const { return counters_; }

 private:
  const Expected* find(const plan::Plan& plan) const;
  // Returns by which factor tails here take longer than expected at most. If it is normal, 5.8 standard deviations.
  double tails_spread() const;

  Forecast forecast_;
  std::deque<double> tails_;  // The last measured over expected times of tails here.
  HedgeBudget budget_;
  Counters counters_;
};

}  // namespace tideline::control
