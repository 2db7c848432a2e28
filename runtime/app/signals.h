// Signals: SIGINT, SIGTERM and SIGHUP as values that the main thread waits for, together with its clock.
//
// Construct before any other thread starts: the signals are blocked for all threads born later. Belongs to one thread.
#pragma once

#include "runtime/base/time.h"

#include <atomic>
#include <csignal>

namespace tideline {

class Signals {
 public:
  enum class Seen { nothing, stop, reload };

  Signals();

  // Waits until a signal comes or `time` has passed.
  Seen wait(Duration time) const;
  // Waits until a stop comes, however long that takes; reloads are ignored.
  void wait_for_stop() const;

 private:
  sigset_t set_{};
};

}  // namespace tideline
