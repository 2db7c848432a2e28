// Hedging: when a request stops waiting for the cloud alone and runs its tail on the edge as well, and how often.
//
// A hedged request takes whichever answer comes first (Dean and Barroso, "The Tail at Scale", 2013). The tail begins
// here once the cloud's answer is late. If it begins no later than after the time that it takes itself, no network,
// however bad, makes the request take more than twice the better of both: the bound of the ski-rental problem (Karlin,
// Manasse, Rudolph and Sleator, "Competitive Snoopy Caching", 1988). Values; time comes in with each question. Each
// belongs to one thread.
//
//   HedgedWait wait = hedging.sent(plan, now, now + patience);
//   while (!answered_by(wait.next()))
//     if (hedging.look(wait, clock(), link_is_stalled()) != Hedging::Act::wait) return run_tail_here();
#pragma once

#include "policy/plan/plan.h"
#include "policy/predict/prediction.h"
#include "runtime/base/time.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace tideline {

// Returns how long after sending an answer is late that was expected after `remote`, where the tail takes `local` on
// this machine: once lateness is evident, and never after more than `local`; but not before a quarter of what was
// expected and 10 ms, or a fast edge would hedge every request. A pure function.
Duration late_after(Duration remote, Duration local);

// Returns true iff a request whose tensors are ready to be sent should run its tail here: what was expected when its
// head began may be out of date. By a margin, as plans are not changed for less. A pure function.
bool faster_here(Duration remote, Duration local);

// How many requests may be hedged: every request earns a share of a hedge, so that the extra work is bounded.
class HedgeBudget {
 public:
  explicit HedgeBudget(double share = 0.1, double most = 10) : share_(share), most_(most), hedges_(most) {}

  void earn();  // For every request that might be hedged.
  bool take();  // Returns false, and takes nothing, when there is none.

 private:
  double share_;
  double most_;
  double hedges_;
};

// One request that waits for the cloud.
class HedgedWait {
 public:
  static constexpr Duration kLook = std::chrono::milliseconds(50);  // Between two looks at the uplink.

  // Sent at `sent`; the cloud's answer is late from `late` on (absent: never) and given up at `until`.
  HedgedWait(TimePoint sent, std::optional<TimePoint> late, TimePoint until)
      : look_(sent + kLook), late_(late), until_(until) {}

  // Returns when to look next if no answer comes before.
  TimePoint next() const;

 private:
  friend class Hedging;
  TimePoint look_;
  std::optional<TimePoint> late_;
  TimePoint until_;
};

class Hedging {
 public:
  // What a request of one plan is expected to take now.
  struct Expected {
    Plan plan;
    Duration total{};
    std::optional<RemainingTime>
        remaining{};  // Once it is ready to be sent; absent where it sends nothing, or unknown.
  };
  struct Forecast {
    std::vector<Expected> plans;  // Empty: nothing is known, and requests wait as long as they may.
    bool plan_is_held = false;    // No request runs its tail here only because that is faster.
  };

  void expect(Forecast forecast) { forecast_ = std::move(forecast); }

  // Returns what a request of `plan` is expected to take; nothing when it is not known.
  std::optional<Duration> expected(const Plan& plan) const;

  // Returns true iff a request of `plan` whose tensors are ready should run its tail here instead of sending them.
  bool faster_here(const Plan& plan) const;

  // A request of `plan` is sent; its answer is given up at `until`. Earns a share of a hedge.
  HedgedWait sent(const Plan& plan, TimePoint at, TimePoint until);

  // Returns what a request does that has no answer at `now`. `stalled`: the uplink stalls. A hedge is counted, and
  // taken from the budget; one because of a stall is counted alone, since nothing better can be saved up for.
  enum class Act {
    wait,
    hedge,    // Run the tail here; the answer may still come.
    give_up,  // Run it here; the time to wait is over.
  };
  Act look(HedgedWait& wait, TimePoint now, bool stalled);

  void won_here() { ++counters_.won_here; }  // The tail of a hedged request was done here first.

  struct Counters {
    std::uint64_t begun = 0;
    std::uint64_t won_here = 0;
  };
  const Counters& counters() const { return counters_; }

 private:
  const Expected* find(const Plan& plan) const;

  Forecast forecast_;
  HedgeBudget budget_;
  Counters counters_;
};

}  // namespace tideline
