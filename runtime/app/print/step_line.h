// StepLine: how far an inspection is, on stderr: one line that renews itself on a terminal; elsewhere one where it
// begins, one where it ends, and between them at most one every ten seconds.
#pragma once

#include "runtime/app/print/inspection.h"
#include "runtime/base/time.h"

#include <string>

namespace tideline {

class StepLine {
 public:
  StepLine();
  ~StepLine();
  StepLine(const StepLine&) = delete;
  StepLine& operator=(const StepLine&) = delete;

  void show(const InspectionStep& step);

 private:
  const bool terminal_;
  TimePoint began_;
  TimePoint shown_;
  bool unfinished_ = false;  // The cursor stands behind a line without an end.
};

// "verify cuts: 12 of 103, 40 s to go"; `spent` is the time since the first step began.
std::string text_of(const InspectionStep& step, Duration spent);

}  // namespace tideline
