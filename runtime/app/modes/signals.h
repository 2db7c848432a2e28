// Signals: SIGINT, SIGTERM and SIGHUP as values that a thread waits for, together with its clock.
//
// Construct before any thread of ours starts: the signals are blocked for all threads born later. Libraries start
// threads of their own before main() (OpenBLAS does), and the kernel may give a signal to any of them: what arrives
// there is passed on. At most one at a time; wait() belongs to one thread.
#pragma once

#include "runtime/base/time.h"

#include <signal.h>

namespace tideline {

class Signals {
 public:
  enum class Seen { nothing, stop, reload };

  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Waits until a signal comes or `time` has passed.
  Seen wait(Duration time) const;

 private:
  sigset_t unblocked_{};  // The mask while waiting.
  int came_ = -1;         // Where the handler's notes are read.
};

}  // namespace tideline
