// Signals: lets one thread wait for SIGINT, SIGTERM, SIGHUP or a timeout.
//
// Construct it before any thread of ours starts: the signals are then blocked in all later threads. Libraries such as
// OpenBLAS start threads before main(), and the kernel may deliver a signal to one of them. The handler passes it on.
// At most one object exists at a time; wait() belongs to one thread.
#pragma once

#include "runtime/base/time.h"

#include <signal.h>

namespace tideline::modes {

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
  int came_ = -1;         // The reading end of the handler's pipe.
};

}  // namespace tideline::modes
