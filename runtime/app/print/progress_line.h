// ProgressLine: shows the progress of a profiling campaign on stderr.
//
// On a terminal it updates one line, elsewhere it prints one line per condition; for programs it prints one JSON object
// per step. Belongs to one thread.
#pragma once

#include "profiler/campaign/progress.h"
#include "runtime/app/config/config.h"

#include <cstdint>
#include <optional>
#include <string>

namespace tideline::print {

class ProgressLine {
 public:
  explicit ProgressLine(config::ProgressForm form);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const campaign::Progress& progress);

 private:
  void show_text(const campaign::Progress& progress);

  const config::ProgressForm form_;
  const bool terminal_;
  std::optional<std::uint32_t> visit_;  // The visit (to one condition) that was printed last.
};

// For people: "visit 3/32 (edge cpu 50 %), 120/900 measured, noise 1.2 %, 95 s to go".
std::string text_of(const campaign::Progress& progress);
// One JSON object without a newline: {"doing","visit","visits","asked","done","total","failed","left_out",
// "noise"?,"remaining_s"?}; a visit is one stay at a condition; visits count from 1.
std::string json_of(const campaign::Progress& progress);

}  // namespace tideline::print
