// ProgressLine: long work on stderr: one line that renews itself on a terminal, one line per condition elsewhere.
#pragma once

#include "profiler/progress.h"

#include <cstdint>
#include <optional>

namespace tideline {

class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const Progress& progress);

 private:
  const bool terminal_;
  std::optional<std::uint32_t> cell_;  // The last that was announced.
};

}  // namespace tideline
