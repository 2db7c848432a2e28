// LiveView: one screen (on a terminal) or one line a second (elsewhere) of what an agent sees and does.
#pragma once

#include "runtime/base/time.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace tideline {

// What the clients have seen so far.
struct Tally {
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;
  std::uint64_t wrong = 0;
  double last_ms = 0;
  double p50_ms = 0;
  double p99_ms = 0;
};

class LiveView {
 public:
  explicit LiveView(std::string title);
  // How long to wait between two shows. What is asked for each costs the agent something, so that elsewhere it is
  // seldom.
  Duration pause() const { return std::chrono::milliseconds(terminal_ ? 250 : 1000); }
  // `status` is the JSON of the agent's /api/status.
  void show(Duration elapsed, std::string_view status, std::string_view model, const Tally& tally);

 private:
  void print_screen(const std::string& text);

  const std::string title_;
  const bool terminal_;
  int lines_ = 0;  // Of the screen that stands there.
};

}  // namespace tideline
