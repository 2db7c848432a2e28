// Processes of the stage: descriptors that close themselves, forks that share nothing with us, programs that are run.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/time.h"

#include <sys/types.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace tideline {

// A file descriptor, closed by its owner's end.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { close(); }

  int get() const { return fd_; }
  void close();

 private:
  int fd_ = -1;
};

// Two ends of a local stream. When every copy of one end is closed, the other reads its end.
struct LifePipe {
  Descriptor ours;
  Descriptor theirs;
};
Result<LifePipe> make_line();

// Forks a process that is on its own: a session of its own, no signals but SIGKILL, no descriptors but `keep`, so that
// it holds neither our sockets open nor the ends of other lines. It runs `body` and exits.
// REQUIRES: `body` makes only async-signal-safe calls (this process may have threads whose locks were copied locked).
Result<pid_t> fork_apart(const char* name, std::vector<int> keep, const std::function<void()>& body);

// Waits for a child of ours to end.
void reap(pid_t pid);

struct ProgramEnd {
  int code = 0;        // Exit status; 128 + signal when it was killed.
  std::string output;  // stdout and stderr together, at most 64 KiB.
};

// Runs a program, without a shell, with an empty environment. Kills it at `deadline` and returns unavailable.
Result<ProgramEnd> run_program(const std::vector<std::string>& command, TimePoint deadline);

}  // namespace tideline
