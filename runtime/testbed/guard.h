// Guard: a small child process that undoes what we imposed when we die by any cause, kill -9 included.
//
// It waits on a line to us. Its destructor says a word and the guard goes; the end of the line without a word means
// that we died: it kills the workers, removes the control groups and runs the command. Everything that it needs is
// prepared before it is forked. Post it before what it undoes is done, and let it go after that is undone.
#pragma once

#include "runtime/base/result.h"
#include "runtime/testbed/process.h"

#include <memory>
#include <string>
#include <vector>

namespace tideline {

class Guard {
 public:
  struct Undo {
    std::vector<int> workers;          // As pidfds: never somebody else's process, even when a number was used again.
    std::vector<std::string> groups;   // Directories of control groups; those that are not there are no matter.
    std::vector<std::string> command;  // A program, by absolute path, and its arguments; may be empty.
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

}  // namespace tideline
