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

  // Starts `arguments[0]`; what is in `environment` is added to ours.
  explicit Child(std::vector<std::string> arguments, Environment environment = {});
  ~Child();  // Ends it with SIGKILL if it still runs.
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

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

  pid_t pid_ = -1;
  std::optional<int> code_;
  int out_ = -1;  // Unlinked temporary files.
  int err_ = -1;
};

// Runs a program to its end. REQUIRES: it ends by itself.
struct Ran {
  int code = -1;
  std::string out;
  std::string err;
};
Ran run(std::vector<std::string> arguments, Child::Environment environment = {});

}  // namespace tideline
