// Learner: makes the table of one model while the edge serves it, if none was measured.
//
//   Learner learner({.config = config, .named = &named, .link = link, .traffic = &traffic, ...});
//   if (auto table = learner.take()) agent.follow(rule_of(table));  // At every tick.
//
// On a thread of its own it waits for a cloud, then times every plan that loses nothing between this edge and that
// cloud as they are: the campaign of --profile with one cell. It takes a quarter of the time at most, and requests go
// first. Plans that send too much to be chosen are left out. If the cloud goes away meanwhile, it begins again. A kept
// table saves all this, if it is of these machines. Thread-safe.
#pragma once

#include "policy/table/table.h"
#include "runtime/app/config/config.h"
#include "runtime/app/modes/load_models.h"
#include "runtime/base/gate.h"
#include "runtime/base/log.h"
#include "runtime/base/slot.h"
#include "runtime/engine/engine.h"
#include "runtime/link/link.h"
#include "runtime/monitor/traffic.h"

#include <atomic>
#include <memory>
#include <string>
#include <thread>

namespace tideline::modes {

// Returns why the edge cannot measure this model while it serves it; empty if it can.
std::string why_not_learned(const config::Config& config, const NamedModel& named);

class Learner {
 public:
  // All pointers must outlive the learner.
  struct Parts {
    config::Config config;
    NamedModel named;
    link::Link* link = nullptr;
    monitor::Traffic* traffic = nullptr;
    Gate* compute = nullptr;
    const engine::Engine* engine = nullptr;
    Log log;
  };
  // REQUIRES: why_not_learned() is empty.
  explicit Learner(Parts parts);
  ~Learner();  // Waits for the measurement that is running.
  Learner(const Learner&) = delete;
  Learner& operator=(const Learner&) = delete;

  // Returns a table that no earlier call returned; null if there is none.
  std::shared_ptr<const table::PartitionTable> take() { return made_.publish(nullptr); }

 private:
  void run();
  bool wait_for_cloud(link::LinkState& cloud) const;  // Returns false if it was stopped.
  std::shared_ptr<const table::PartitionTable> kept(const link::LinkState& cloud) const;
  Result<std::shared_ptr<const table::PartitionTable>> measure(const link::LinkState& cloud);
  void warm(const table::PartitionTable& table) const;
  void keep(const table::PartitionTable& table) const;
  void rest(Duration time) const;

  const Parts parts_;
  const std::string file_;  // Where the table is kept; empty: nowhere.
  Slot<table::PartitionTable> made_{nullptr};
  std::atomic<bool> stop_{false};
  std::thread thread_;  // Last: it uses the members above.
};

}  // namespace tideline::modes
