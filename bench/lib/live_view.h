// LiveView: shows an agent's conditions and plan: one screen on a terminal, elsewhere one line per second.
#pragma once

#include "runtime/base/time.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace tideline {

// The clients' results so far.
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
  // How long to wait between two shows. Each show sends the agent a request, so without a terminal shows are rare.
  Duration pause() const { return std::chrono::milliseconds(terminal_ ? 250 : 1000); }
  // `status` is the JSON of the agent's /api/status.
  void show(Duration elapsed, std::string_view status, std::string_view model, const Tally& tally);

 private:
  void print_screen(const std::string& text);

  const std::string title_;
  const bool terminal_;
  int lines_ = 0;  // Lines of the present screen.
};

}  // namespace tideline
