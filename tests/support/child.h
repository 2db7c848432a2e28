// Child: a program that a test runs; keeps its output, and ends it with the test.
#pragma once

#include "runtime/base/time.h"

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tideline {

class Child {
 public:
  using Environment = std::vector<std::pair<std::string, std::string>>;

  // The main() of a program.
  using Main = int (*)(int argc, char** argv);

  // Starts `arguments[0]`; adds `environment` to the test's own.
  explicit Child(std::vector<std::string> arguments, Environment environment = {});
  // Forks, and calls `main` in the child as if the program `arguments[0]` were started. The child has its own files,
  // signals and exit, but shares the state of the libraries loaded so far. So it saves the time of loading them.
  // REQUIRES: is_alone().
  Child(Main main, std::vector<std::string> arguments);
  ~Child();  // Ends it with SIGKILL if it still runs.
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;

  // Waits until it has ended. Returns its exit code, or 128 + the signal that ended it; nothing if `patience` passes
  // first.
  std::optional<int> wait(Duration patience = std::chrono::seconds(60));

  // Waits until its stderr has `text`; returns false if it ended, or `patience` passed, without it.
  bool says(std::string_view text, Duration patience = std::chrono::seconds(60));

  std::string out() const;
  std::string err() const;

 private:
  bool ended(int flags);
  // Runs in the forked child: restores the state of a newly started program.
  void begin() const;

  const pid_t owner_;  // A process forked from us has copies of this object, which must not end our children.
  pid_t pid_ = -1;
  std::optional<int> code_;
  int out_ = -1;  // Unlinked temporary files.
  int err_ = -1;
};

// Returns true iff this process has only the threads that its libraries started before any test began. These survive a
// fork; other threads may hold locks that are never released in the child.
bool is_alone();

struct Ran {
  int code = -1;
  std::string out;
  std::string err;
};
// Waits for the child's end. REQUIRES: it ends by itself.
Ran ran(Child& child);
// Runs a program to its end.
Ran run(std::vector<std::string> arguments, Child::Environment environment = {});

}  // namespace tideline
