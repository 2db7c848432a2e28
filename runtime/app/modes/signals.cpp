#include "runtime/app/modes/signals.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <utility>

namespace tideline::modes {
namespace {

constexpr std::array kWaitedFor{SIGINT, SIGTERM, SIGHUP};

// The writing end of the handler's pipe. It is global because a handler can reach nothing else.
std::atomic<int> note_to{-1};

// Runs in the thread that the kernel chose, so it is async-signal-safe. If the pipe is full, its notes are enough.
void note(int signal) {
  const int before = errno;
  const auto word = static_cast<unsigned char>(signal);
  (void)!::write(note_to, &word, sizeof word);
  errno = before;
}

}  // namespace

Signals::Signals() {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return;  // Then signals end the process, as by default.
  came_ = ends[0];
  note_to = ends[1];

  sigset_t blocked;
  sigemptyset(&blocked);
  struct sigaction handler = {};
  handler.sa_handler = note;
  handler.sa_flags = SA_RESTART;
  for (const int signal : kWaitedFor) {
    sigaddset(&blocked, signal);
    sigaction(signal, &handler, nullptr);
  }
  pthread_sigmask(SIG_BLOCK, &blocked, &unblocked_);
  for (const int signal : kWaitedFor) sigdelset(&unblocked_, signal);
  std::signal(SIGPIPE, SIG_IGN);  // If a peer hangs up, write() returns an error instead of ending the process.
}

Signals::~Signals() {
  for (const int signal : kWaitedFor) std::signal(signal, SIG_IGN);  // The process is ending anyway.
  ::close(note_to.exchange(-1));
  ::close(came_);
}

Signals::Seen Signals::wait(Duration time) const {
  const auto left = std::max(time, Duration::zero());
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(left);
  const timespec timeout{whole.count(), (left - whole).count()};
  pollfd came{came_, POLLIN, 0};
  (void)::ppoll(&came, 1, &timeout, &unblocked_);  // If a signal interrupts it, the handler's note is in the pipe.
  unsigned char signal = 0;
  if (::read(came_, &signal, sizeof signal) != sizeof signal) return Seen::nothing;
  return signal == SIGHUP ? Seen::reload : Seen::stop;
}

}  // namespace tideline::modes
