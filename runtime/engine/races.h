// Races: what a request is expected to take; so when it stops waiting for the cloud alone and runs its tail here as
// well, and how often that may be.
//
// The agent says what is expected of the plan that serves; requests ask. Thread-safe.
#pragma once

#include "policy/plan.h"
#include "policy/prediction.h"
#include "policy/race.h"
#include "runtime/base/time.h"

#include <cstdint>
#include <mutex>
#include <optional>

namespace tideline {

class Races {
 public:
  // What a request of one plan is expected to take now.
  struct Expected {
    Plan plan;
    Duration total{};
    std::optional<Rest> rest{};  // Once it is sent; absent where nothing is, or where that is not known.
  };

  // Nothing: it is not known, and requests wait as long as they may.
  void expect(std::optional<Expected> expected);

  // Returns what a request of `plan` is expected to take; nothing when it is not known.
  std::optional<Duration> expected(const Plan& plan) const;

  // Returns how long after sending a request of `plan` is late; nothing when it is not known. Every request asks once:
  // each earns a share of a race.
  std::optional<Duration> late_after(const Plan& plan);

  // Returns true iff one more race may begin, and counts it.
  bool begin();
  void won_here();  // Its tail was faster here.

  struct Counters {
    std::uint64_t begun = 0;
    std::uint64_t won_here = 0;
  };
  Counters counters() const;

 private:
  mutable std::mutex m_;
  std::optional<Expected> expected_;  // Guarded by m_, as all below.
  RaceBudget budget_;
  Counters counters_;
};

}  // namespace tideline
