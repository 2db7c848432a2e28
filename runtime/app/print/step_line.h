// StepLine: shows the progress of an inspection on stderr.
//
// On a terminal it updates one line. Elsewhere it prints one line at the beginning, one at the end, and between them at
// most one every ten seconds. Belongs to one thread.
#pragma once

#include "runtime/app/print/inspection.h"
#include "runtime/base/time.h"

#include <string>

namespace tideline::print {

class StepLine {
 public:
  StepLine();
  ~StepLine();
  StepLine(const StepLine&) = delete;
  StepLine& operator=(const StepLine&) = delete;

  void show(const InspectionStep& step);

 private:
  const bool terminal_;
  InspectionStep first_;  // Of what is being done, and its time.
  TimePoint began_;
  TimePoint shown_;
  bool unfinished_ = false;  // The terminal's line has no newline yet.
};

// "verify cuts: 12 of 103, 40 s to go"; `spent` is the time since `first` of them were done.
std::string text_of(const InspectionStep& step, std::size_t first, Duration spent);

}  // namespace tideline::print
