// Guard: a small child process that undoes imposed conditions if this process dies by any cause, kill -9 included.
//
// It waits on a life line to its owner. The destructor sends a byte, and the guard exits. If the line ends without one,
// the owner has died: the guard kills the workers, removes the control groups and runs the command. All its data is
// prepared before the fork. Create it before imposing the conditions, and destroy it after undoing them.
#pragma once

#include "runtime/base/result.h"
#include "runtime/testbed/process.h"

#include <memory>
#include <string>
#include <vector>

namespace tideline::testbed {

class Guard {
 public:
  struct Undo {
    std::vector<int> workers;          // As pidfds: never another process, even if the kernel reuses a pid.
    std::vector<std::string> groups;   // Directories of control groups; missing ones are ignored.
    std::vector<std::string> command;  // A program's absolute path and its arguments; may be empty.
  };

  static Result<std::unique_ptr<Guard>> post(const Undo& undo);
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  Guard(pid_t pid, Descriptor line) : pid_(pid), line_(std::move(line)) {}

  const pid_t pid_;
  Descriptor line_;
};

}  // namespace tideline::testbed
