// LearningMeasurements: times the plans of one model beside its requests, within a share of time and of bytes.
//
//   LearningMeasurements measurements(parts, stop);
//   const auto table = measurements.measure(link.state(), nullptr);  // Takes a minute or so.
//
// A measurement begins while no request computes here, or after two seconds all the same. Belongs to one thread.
#pragma once

#include "policy/table/table.h"
#include "profiler/campaign/learning_choice.h"
#include "profiler/campaign/sent_by_learning.h"
#include "runtime/app/modes/learning_parts.h"
#include "runtime/app/modes/step_trial.h"
#include "runtime/engine/paced_subject.h"
#include "runtime/engine/sample_inputs.h"
#include "runtime/monitor/monitor.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace tideline::modes {

// Which of the plans that may be measured a table has.
struct LearnedPlans {
  std::size_t candidates = 0;  // Plans that may be measured,
  std::size_t known = 0;       // and those of them that the table has.
  // From this uplink on, more of them are worth a measurement; absent: they never are.
  std::optional<BitsPerSecond> more_from;
};

class LearningMeasurements {
 public:
  // Both must outlive the measurements. Once `stop` is true, measure() soon returns unavailable.
  LearningMeasurements(const LearningParts& parts, const std::atomic<bool>& stop);

  // Times the plans that are worth it at the present uplink, and those of `known`, which may be null. If there is
  // `known` and clients have sent enough inputs, it also tries plans that send steps, over these inputs. Returns
  // invalid if that can never work; else the next attempt may succeed.
  Result<std::shared_ptr<const table::PartitionTable>> measure(const link::LinkState& cloud,
                                                               const table::PartitionTable* known);

  Result<LearnedPlans> compare(const table::PartitionTable& table, const link::LinkState& cloud) const;

  // Returns true iff clients have sent enough inputs to measure what steps lose, and the limits allow to know it.
  bool can_try_steps() const;

  // Measures whether the uplink has that rate, twice a minute at most and only while requests come: for a table none of
  // whose plans sends, since then nothing else does.
  void probe(BitsPerSecond rate, TimePoint now);

 private:
  engine::Session::Parts session_parts() const;
  engine::SampleInputs sample_inputs(bool of_clients) const;
  // Plans that send steps and were tried, and those of them that keep the limit.
  struct Steps {
    std::vector<journal::Candidate> tried;
    Agreements good;
  };
  Result<Steps> measure_steps(const engine::SampleInputs& inputs, const table::PartitionTable& known,
                              monitor::Monitor& monitor, engine::PacedSubject& paced);
  std::map<std::uint32_t, Duration> heads(std::span<const journal::Candidate> steps, const table::PartitionTable& known,
                                          engine::PacedSubject& paced) const;
  Result<journal::Context> choose(const link::LinkState& cloud, Duration whole_here,
                                  const table::PartitionTable* known) const;
  Duration longest(Duration whole_here, const table::PartitionTable* known) const;
  Result<void> take(Bytes bytes, TimePoint now);
  void wait_for_uplink(TimePoint until) const;

  const LearningParts& parts_;
  const std::atomic<bool>& stop_;
  const campaign::LearningLimits limits_;
  campaign::SentByLearning sent_;
  TimePoint next_probe_{};
  std::uint64_t requests_ = 0;  // At the last probe.
};

}  // namespace tideline::modes
