// RehearsalBudget: limits rehearsals to a small share of the machine.
//
// A running rehearsal counts as the whole machine. Within any time t, rehearsals take at most share * t + saved +
// overdraft, plus the rest of the last one. The one that has waited longest goes first. Alarmed ones go before the
// others, and may overdraw. A value; each question comes with its time. Belongs to one thread.
#pragma once

#include "runtime/base/time.h"

#include <map>
#include <optional>

namespace tideline::control {

class RehearsalBudget {
 public:
  struct Options {
    double share = 0.02;
    Duration saved = std::chrono::milliseconds(500);      // The largest amount that is kept for later.
    Duration overdraft = std::chrono::milliseconds(250);  // For the alarmed.
  };
  using Who = const void*;

  RehearsalBudget() : RehearsalBudget(Options{}) {}
  explicit RehearsalBudget(Options options) : options_(options) {}

  // Returns true iff `who` may begin now. From the first question on, `who` waits in the queue, until it begins or
  // withdraws.
  bool begin(Who who, bool alarmed, TimePoint now);
  void withdraw(Who who) { waiting_.erase(who); }

  // The running rehearsal took this long, complete or not.
  void ended(Duration took, TimePoint now);

 private:
  struct Waiting {
    TimePoint since;
    bool alarmed = false;
  };
  double left(TimePoint now) const;  // Seconds; below zero if overdrawn.

  Options options_;
  double left_ = 0;
  std::optional<TimePoint> at_;  // Time of left_.
  std::map<Who, Waiting> waiting_;
};

}  // namespace tideline::control
