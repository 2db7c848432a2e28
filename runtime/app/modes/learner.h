// Learner: makes the table of one model while the edge serves it, if none was given.
//
//   Learner learner({.config = config, .named = &named, .link = link, .traffic = &traffic, ...});
//   if (auto table = learner.take()) agent.follow(rule_of(table));  // At every tick.
//
// On a thread of its own it waits for a cloud, then times every plan that loses nothing between this edge and that
// cloud as they are: the campaign of --profile with one cell. It takes a quarter of the time at most, and requests go
// first. Plans that send too much to be chosen are left out. If the cloud goes away meanwhile, it begins again. A kept
// table saves all this, if it is of these machines. Later it measures again when the uplink has become good enough for
// plans that were left out, or another machine is the cloud (campaign::LearningWatch). Once clients have sent enough
// inputs, it also measures over these how well plans that send steps answer. Thread-safe.
#pragma once

#include "policy/table/table.h"
#include "profiler/campaign/learning_watch.h"
#include "runtime/app/modes/learned_file.h"
#include "runtime/app/modes/learning_measurements.h"
#include "runtime/app/modes/learning_parts.h"
#include "runtime/base/slot.h"
#include "runtime/engine/learning_status.h"
#include "runtime/link/link.h"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace tideline::modes {

// Returns why the edge cannot measure this model while it serves it; empty if it can.
std::string why_not_learned(const config::Config& config, const NamedModel& named);

class Learner {
 public:
  // REQUIRES: why_not_learned() is empty.
  explicit Learner(LearningParts parts);
  ~Learner();  // Waits for the measurement that is running.
  Learner(const Learner&) = delete;
  Learner& operator=(const Learner&) = delete;

  // Returns a table that no earlier call returned; null if there is none.
  std::shared_ptr<const table::PartitionTable> take() { return made_.publish(nullptr); }

  const campaign::LearningLimits& limits() const { return limits_; }  // Of the config that it was made with.
  bool has_ended() const { return ended_; }                           // It will measure nothing more.

 private:
  using Table = std::shared_ptr<const table::PartitionTable>;

  void run();
  bool learn_first();
  void learn_again();
  bool wait_for_cloud(link::LinkState& cloud);  // Returns false if it was stopped, as the next.
  bool wait_for_reason();
  bool has_other_cloud() const;
  Table kept(const link::LinkState& cloud) const;
  Result<Table> measure(const link::LinkState& cloud);
  void follow(Table table, const link::LinkState& cloud);
  void tell(engine::LearningStatus::Doing doing, std::string text) const;
  void rest(Duration time) const;

  const LearningParts parts_;
  const campaign::LearningLimits limits_;
  const LearnedFile file_;
  Slot<table::PartitionTable> made_{nullptr};
  mutable std::mutex m_;  // Of stopped_; it guards nothing.
  mutable std::condition_variable stopped_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> ended_{false};
  // From here to plans_: owned by the thread.
  LearningMeasurements measurements_{parts_, stop_};
  campaign::LearningWatch watch_;
  Table table_;                        // The latest; null: none yet.
  std::optional<LearnedPlans> plans_;  // Of table_; absent: not known.
  std::thread thread_;                 // Last: it uses the members above.
};

}  // namespace tideline::modes
