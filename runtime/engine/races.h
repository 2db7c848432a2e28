// Races: what requests are expected to take; so whether one still had better be sent, when it stops waiting for the
// cloud alone and runs its tail here as well, and how often that may be.
//
// The agent says what is expected; requests ask. Thread-safe.
#pragma once

#include "policy/plan.h"
#include "policy/prediction.h"
#include "policy/race.h"
#include "runtime/base/time.h"

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace tideline {

class Races {
 public:
  // What a request of one plan is expected to take now.
  struct Expected {
    Plan plan;
    Duration total{};
    std::optional<Rest> rest{};  // Once it is ready to be sent; absent where nothing is, or where that is not known.
  };
  struct Forecast {
    std::vector<Expected> plans;  // Empty: nothing is known, and requests wait as long as they may.
    bool held = false;            // The plan is held still: no request is kept here because that is faster by now.
  };

  void expect(Forecast forecast);

  // Returns what a request of `plan` is expected to take; nothing when it is not known.
  std::optional<Duration> expected(const Plan& plan) const;

  // Returns true iff a request of `plan` whose tensors are ready had better run its tail here than send them.
  bool better_here(const Plan& plan) const;

  // Returns how long after sending a request of `plan` is late; nothing when it is not known. Every request asks once:
  // each earns a share of a race.
  std::optional<Duration> late_after(const Plan& plan);

  // Returns true iff one more race may begin, and counts it.
  bool begin();
  void begin_in_the_dark();  // The way stands still: no race is saved up for anything better.
  void won_here();           // Its tail was faster here.

  struct Counters {
    std::uint64_t begun = 0;
    std::uint64_t won_here = 0;
  };
  Counters counters() const;

 private:
  const Expected* find(const Plan& plan) const;  // REQUIRES: m_ is held.

  mutable std::mutex m_;
  Forecast forecast_;  // Guarded by m_, as all below.
  RaceBudget budget_;
  Counters counters_;
};

}  // namespace tideline
