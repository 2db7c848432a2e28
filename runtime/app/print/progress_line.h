// ProgressLine: long work on stderr: one line that renews itself on a terminal, one line per visit elsewhere; or
// one JSON object per step, for programs.
#pragma once

#include "profiler/campaign/progress.h"
#include "runtime/app/config/config.h"

#include <cstdint>
#include <optional>
#include <string>

namespace tideline {

class ProgressLine {
 public:
  explicit ProgressLine(ProgressForm form);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const Progress& progress);

 private:
  void show_text(const Progress& progress);

  const ProgressForm form_;
  const bool terminal_;
  std::optional<std::uint32_t> visit_;  // The last that was announced.
};

// What a person reads: "visit 3/32 (edge cpu 50 %), 120/900 measured, noise 1.2 %, 95 s to go".
std::string text_of(const Progress& progress);
// One JSON object without a newline: {"doing","visit","visits","asked","done","total","failed","left_out",
// "noise"?,"remaining_s"?}; visits are to conditions and count from 1.
std::string json_of(const Progress& progress);

}  // namespace tideline
