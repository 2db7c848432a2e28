#include "runtime/app/signals.h"

#include <algorithm>

namespace tideline {

Signals::Signals() {
  sigemptyset(&set_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set_, signal);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // A peer that hangs up is an error of write(), not the end of the process.
}

Signals::Seen Signals::wait(Duration time) const {
  const auto left = std::max(time, Duration::zero());
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(left);
  const timespec timeout{whole.count(), (left - whole).count()};
  const int signal = sigtimedwait(&set_, nullptr, &timeout);
  if (signal < 0) return Seen::nothing;
  return signal == SIGHUP ? Seen::reload : Seen::stop;
}

void Signals::wait_for_stop() const {
  while (wait(std::chrono::hours(1)) != Seen::stop) {
  }
}

}  // namespace tideline
