// RehearsalBudget: when a head may be run for practice, so that all of them together take a small share of the machine.
//
// While one runs the machine counts as taken whole. Within any time t they take at most share * t + saved + overdraft,
// and the rest of the last one. Who has waited longest goes first; who is alarmed goes before, and may overdraw. A
// value; time comes in with each question. Belongs to one thread.
#pragma once

#include "runtime/base/time.h"

#include <map>
#include <optional>

namespace tideline {

class RehearsalBudget {
 public:
  struct Options {
    double share = 0.02;
    Duration saved = std::chrono::milliseconds(500);      // The most that is kept for later.
    Duration overdraft = std::chrono::milliseconds(250);  // Of the alarmed.
  };
  using Who = const void*;

  RehearsalBudget() : RehearsalBudget(Options{}) {}
  explicit RehearsalBudget(Options options) : options_(options) {}

  // Returns true iff it is `who`'s turn now; it waits for it from the first question on, until it is, or it withdraws.
  bool begin(Who who, bool alarmed, TimePoint now);
  void withdraw(Who who) { waiting_.erase(who); }

  // One that began took so long, whether to its end or not.
  void ended(Duration took, TimePoint now);

 private:
  struct Waiting {
    TimePoint since;
    bool alarmed = false;
  };
  double left(TimePoint now) const;  // Seconds; below zero when more was taken than there was.

  Options options_;
  double left_ = 0;
  std::optional<TimePoint> at_;  // Of left_.
  std::map<Who, Waiting> waiting_;
};

}  // namespace tideline
