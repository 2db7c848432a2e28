#include "runtime/testbed/worker.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tideline::testbed {

bool worker_hears(int line, std::uint64_t& word) {
  ssize_t size = 0;
  do {
    size = ::recv(line, &word, sizeof word, MSG_WAITALL);
  } while (size < 0 && errno == EINTR);
  return size == sizeof word;
}

bool worker_says(int line, std::uint64_t word) {
  return ::send(line, &word, sizeof word, MSG_NOSIGNAL) == sizeof word;
}

bool owner_lives(int line) {
  char byte = 0;
  return ::recv(line, &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 0;
}

Result<std::unique_ptr<Worker>> Worker::start(const Body& body) {
  auto line = make_line();
  if (!line) return line.error();
  const int theirs = line->theirs.get();
  const auto pid = fork_apart("tideline-load", {theirs}, [&] { body(theirs); });
  if (!pid) return pid.error().within("a load");
  Descriptor pidfd(static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0u)));
  const int problem = errno;
  const bool opened = pidfd.get() >= 0;
  std::unique_ptr<Worker> worker(new Worker(*pid, std::move(pidfd), std::move(line->ours)));
  if (!opened)
    return error(ErrorKind::internal, "a load: pidfd_open: {}; it needs Linux 5.9 or later", std::strerror(problem));
  return worker;
}

Worker::~Worker() {
  ::kill(pid_, SIGKILL);  // The child is not yet reaped, so the pid is still its own.
  reap(pid_);
}

Result<void> Worker::say(std::uint64_t word) {
  if (::send(line_.get(), &word, sizeof word, MSG_NOSIGNAL) != sizeof word)
    return error(ErrorKind::unavailable, "the load's process is gone");
  return {};
}

Result<std::uint64_t> Worker::hear(TimePoint deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd ready{line_.get(), POLLIN, 0};
    const int events = ::poll(&ready, 1, static_cast<int>(std::clamp<long>(left, 0, 60'000)));
    if (events > 0) break;
    if (events == 0 && left <= 0) return error(ErrorKind::overloaded, "the load's process did not answer in time");
  }
  std::uint64_t word = 0;
  if (!worker_hears(line_.get(), word)) return error(ErrorKind::unavailable, "the load's process is gone");
  return word;
}

std::optional<Duration> Worker::cpu_time() const {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return std::nullopt;
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace tideline::testbed
