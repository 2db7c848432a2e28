// Child: a program run by a test, with its output kept; ended, by its id, with the test.
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

  // What a program does: its main().
  using Main = int (*)(int argc, char** argv);

  // Starts `arguments[0]`; what is in `environment` is added to ours.
  explicit Child(std::vector<std::string> arguments, Environment environment = {});
  // Forks and calls `main` there, as if `arguments[0]` were started whose main() it is: with files, signals and exit of
  // its own, but with what our libraries have done by now, and without the time that loading them takes.
  // REQUIRES: is_alone().
  Child(Main main, std::vector<std::string> arguments);
  ~Child();  // Ends it with SIGKILL if it still runs.
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;

  // Waits until it has ended; returns its exit code, or 128 + the signal that ended it; nothing when `patience` passes
  // first.
  std::optional<int> wait(Duration patience = std::chrono::seconds(60));

  // Waits until its stderr has `text`; false when it ended, or `patience` passed, without it.
  bool says(std::string_view text, Duration patience = std::chrono::seconds(60));

  std::string out() const;
  std::string err() const;

 private:
  bool ended(int flags);
  // In the child that the fork leaves: becomes as a program is when it begins.
  void begin() const;

  const pid_t owner_;  // What is forked from us holds copies of us that must not end our children.
  pid_t pid_ = -1;
  std::optional<int> code_;
  int out_ = -1;  // Unlinked temporary files.
  int err_ = -1;
};

// Returns true iff this process has no threads but those that its libraries had started before any test began, and
// which know of forks: others may hold locks that a fork never sees released.
bool is_alone();

struct Ran {
  int code = -1;
  std::string out;
  std::string err;
};
// Waits for its end. REQUIRES: it ends by itself.
Ran ran(Child& child);
// Runs a program to its end.
Ran run(std::vector<std::string> arguments, Child::Environment environment = {});

}  // namespace tideline
