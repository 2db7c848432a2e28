// EngineSubject: what the profiler measures: the very Session that serves, driven by the sweep instead of by clients.
//
// Falling back is switched off, so that a plan is either measured as it is or not at all. Belongs to one thread.
#pragma once

#include "profiler/journal/subject.h"
#include "runtime/engine/reference.h"
#include "runtime/engine/session.h"
#include "runtime/monitor/monitor.h"

#include <cstdint>
#include <vector>

namespace tideline {

class EngineSubject final : public Subject {
 public:
  // `parts.patience` bounds one measurement. Everything must outlive the subject. A few inputs are drawn once, by
  // `seed`, and taken in turn: what some codecs send depends on the input.
  EngineSubject(Session::Parts parts, Monitor& monitor, const Reference& reference, std::uint64_t seed);

  Result<TimedInference> time(const Plan& plan) override;
  Result<Agreement> agree(const Plan& plan) override;

 private:
  const Session::Parts parts_;
  const std::vector<std::vector<Tensor>> inputs_;
  Monitor& monitor_;
  const Reference& reference_;
  std::size_t timed_ = 0;  // How often time() was asked.
};

}  // namespace tideline
