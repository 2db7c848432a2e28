// Progress: the state of a running campaign, for a terminal line and a JSON line. A value.
#pragma once

#include "policy/plan/stress.h"
#include "runtime/base/time.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace tideline::campaign {

struct Progress {
  enum class Doing { comparing, imposing, measuring, anchors };

  Doing doing = Doing::comparing;
  std::uint32_t visit = 0;      // Index of the current visit to a cell, anchors not counted.
  std::uint32_t visits = 0;     // A campaign may visit a cell twice.
  plan::Stress asked;           // The current stress.
  std::uint64_t done = 0;       // Samples, including those of a resumed journal.
  std::uint64_t total = 0;      // Lower bound; it grows if more repetitions are needed.
  std::uint64_t failed = 0;     // Attempts that had to be repeated.
  std::uint32_t left_out = 0;   // Cells that could not be imposed.
  std::optional<double> noise;  // The anchors' noise floor so far.
  std::optional<Duration> remaining;
};

std::string_view name(Progress::Doing doing);  // "comparing", "imposing", "measuring", "anchors"

}  // namespace tideline::campaign
