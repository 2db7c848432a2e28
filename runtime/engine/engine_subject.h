// EngineSubject: lets the profiler time inferences through the same Session that serves clients.
//
//   const auto inputs = SampleInputs::random(model_in_fp32.inputs(), 1, 16);
//   const auto reference = Reference::of(model_in_fp32, inputs);
//   EngineSubject subject(parts, monitor, *reference, inputs);
//   const auto timed = subject.time(plan);
//   const auto agreements = subject.agree(plans_of_a_cut, stop);
//   const auto bytes = subject.stream(plans_of_a_cut);  // If there is a sequence.
//
// The fallback to the edge is off: a plan is measured as it is, or its measurement is an error. Belongs to one thread.
#pragma once

#include "profiler/journal/subject.h"
#include "runtime/engine/reference.h"
#include "runtime/engine/sample_inputs.h"
#include "runtime/engine/session.h"
#include "runtime/monitor/monitor.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace tideline::engine {

class EngineSubject final : public journal::Subject {
 public:
  // `parts.patience` bounds one measurement, and its wait for a compute slot. Monitor and reference must outlive the
  // subject. The inputs are kept in memory. Each plan is timed with all of them in turn, because the bytes that some
  // codecs send depend on the input. REQUIRES: there is an input.
  EngineSubject(Session::Parts parts, monitor::Monitor& monitor, const Reference& reference, const SampleInputs& inputs,
                std::optional<SampleInputs> sequence = std::nullopt);

  Result<journal::TimedInference> time(const plan::Plan& plan) override;
  std::vector<Result<plan::Agreement>> agree(std::span<const plan::Plan> plans, const std::atomic<bool>& stop) override;
  Result<std::vector<Bytes>> stream(std::span<const plan::Plan> plans) override;

 private:
  // One plan under comparison, and its error once it has one.
  struct Compared;
  // Adds the answers to input i by every plan that has not failed.
  void compare(std::uint32_t i, std::vector<Compared>& plans) const;
  Turn turn() const { return {.deadline = Clock::now() + parts_.patience, .priority = parts_.priority}; }

  const Session::Parts parts_;
  const std::vector<Input> inputs_;
  const std::optional<SampleInputs> sequence_;
  monitor::Monitor& monitor_;
  const Reference& reference_;
  std::map<plan::Plan, std::size_t> timed_;  // How often.
};

}  // namespace tideline::engine
