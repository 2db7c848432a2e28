// Cooling: how long an edge may rest before its next run is slow, learned from runs after rests.
//
// During a rest other programs take the caches, the system or the host of a virtual machine takes pages away, and a
// core sleeps. How soon depends on the machine. So a run after a rest is compared with one right after another run. If
// it was much slower, the next rest is half as long; else it is a quarter longer.
//
//   if (now - last_run < cooling.rest()) return;
//   const Duration rested = run();
//   cooling.learn(rested, cooling.wants_another() ? std::optional(run()) : std::nullopt);
//
// A value. Belongs to one thread.
#pragma once

#include "runtime/base/time.h"

#include <optional>

namespace tideline::control {

class Cooling {
 public:
  struct Options {
    Duration shortest = std::chrono::milliseconds(250);
    Duration first = std::chrono::seconds(2);
    Duration longest = std::chrono::minutes(5);
    double slow = 1.5;  // Times that of a run right after another.
    int every = 8;      // At least one of so many runs after a rest is followed by another.
  };

  Cooling() : Cooling(Options{}) {}
  explicit Cooling(Options options) : options_(options), rest_(options.first) {}

  // The time without a run after which to run again.
  Duration rest() const { return rest_; }

  // Returns true iff the next run should be followed by another at once.
  bool wants_another() const { return !ready_ || slow_ || runs_ == 0; }

  // A run after such a rest took this long, and another right after it so long (absent: there was none).
  void learn(Duration rested, std::optional<Duration> another);

 private:
  Options options_;
  Duration rest_;
  int runs_ = 0;
  bool slow_ = false;              // The last run after a rest was: it cooled, or the machine is slower now.
  std::optional<Duration> ready_;  // The time of a run right after another.
};

}  // namespace tideline::control
