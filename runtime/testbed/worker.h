// Worker: a child process that loads this machine while this object and this process live.
//
// It waits for the first word, so that it can be moved into a control group before it does anything. Its line to the
// owner is a life line: when that ends, the worker ends. (PR_SET_PDEATHSIG follows the forking thread, not the process,
// and would end the load when a pool retires that thread.) Belongs to one thread.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/time.h"
#include "runtime/testbed/process.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace tideline::testbed {

class Worker {
 public:
  // The worker's function; gets its end of the line. REQUIRES: only async-signal-safe calls.
  using Body = std::function<void(int line)>;

  static Result<std::unique_ptr<Worker>> start(const Body& body);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  pid_t pid() const { return pid_; }
  int pidfd() const { return pidfd_.get(); }

  // Sends a word to the body. Returns unavailable if the worker is gone.
  Result<void> say(std::uint64_t word);
  // Waits for a word of the body. Returns unavailable if the worker is gone, overloaded if `deadline` passes.
  Result<std::uint64_t> hear(TimePoint deadline);

  // The CPU time that it has used; nothing if it is gone.
  std::optional<Duration> cpu_time() const;

 private:
  Worker(pid_t pid, Descriptor pidfd, Descriptor line) : pid_(pid), pidfd_(std::move(pidfd)), line_(std::move(line)) {}

  const pid_t pid_;
  const Descriptor pidfd_;
  const Descriptor line_;
};

// The body's side of the line; async-signal-safe. Each returns false if the owner is gone.
bool worker_hears(int line, std::uint64_t& word);
bool worker_says(int line, std::uint64_t word);
bool owner_lives(int line);

}  // namespace tideline::testbed
