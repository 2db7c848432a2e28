// Process: helpers for child processes: self-closing descriptors, isolated forks, and running of programs.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/time.h"

#include <sys/types.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace tideline::testbed {

// Descriptor: owns a file descriptor and closes it on destruction.
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

// LifePipe: two ends of a local stream. When every copy of one end is closed, the other end reads end-of-file.
struct LifePipe {
  Descriptor ours;
  Descriptor theirs;
};
Result<LifePipe> make_line();

// Forks an isolated process: with its own session, no signals but SIGKILL, no descriptors but `keep`. So it keeps
// neither this process's sockets open nor the ends of other life lines. It runs `body` and exits. REQUIRES: `body`
// makes only async-signal-safe calls (the child has copies of locks that other threads may hold).
Result<pid_t> fork_apart(const char* name, std::vector<int> keep, const std::function<void()>& body);

// Waits for a child of this process to end.
void reap(pid_t pid);

struct ProgramEnd {
  int code = 0;        // Exit status; 128 + signal if it was killed.
  std::string output;  // stdout and stderr together, at most 64 KiB.
};

// Runs a program, without a shell, with an empty environment. Kills it at `deadline` and returns unavailable.
Result<ProgramEnd> run_program(const std::vector<std::string>& command, TimePoint deadline);

}  // namespace tideline::testbed
