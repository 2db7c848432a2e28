// Progress: where a campaign is; what a line on a terminal and a JSON line both tell. A value.
#pragma once

#include "policy/plan/stress.h"
#include "runtime/base/time.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace tideline {

struct Progress {
  enum class Doing { comparing, imposing, measuring, anchors };

  Doing doing = Doing::comparing;
  std::uint32_t visit = 0;      // To a cell: index of the one under way, anchors not counted.
  std::uint32_t visits = 0;     // A campaign may visit a cell twice.
  Stress asked;                 // What is imposed now.
  std::uint64_t done = 0;       // Samples, those of a resumed journal included.
  std::uint64_t total = 0;      // At least; it grows where more repetitions are needed.
  std::uint64_t failed = 0;     // Attempts that had to be made again.
  std::uint32_t left_out = 0;   // Cells that could not be imposed.
  std::optional<double> noise;  // The anchors' noise floor so far.
  std::optional<Duration> remaining;
};

std::string_view name(Progress::Doing doing);  // "comparing", "imposing", "measuring", "anchors"

}  // namespace tideline
