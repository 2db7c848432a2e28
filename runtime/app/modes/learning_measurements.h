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

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

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

  // Times the plans that are worth it at the present uplink, and those of `known`, which may be null. Returns invalid
  // if that can never work; else the next attempt may succeed.
  Result<std::shared_ptr<const table::PartitionTable>> measure(const link::LinkState& cloud,
                                                               const table::PartitionTable* known);

  Result<LearnedPlans> compare(const table::PartitionTable& table, const link::LinkState& cloud) const;

  // Measures whether the uplink has that rate, twice a minute at most and only while requests come: for a table none of
  // whose plans sends, since then nothing else does.
  void probe(BitsPerSecond rate, TimePoint now);

 private:
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
