// Player: an agent and its session in a replay: looks, decides, serves, races.
//
// Decides at every tick, ten a second, as the agent does; serves as the session does: an answer that is late has the
// tail begin on the edge, too, as far as the budget of races goes; without one after its patience it does so in any
// case. Belongs to one thread.
#pragma once

#include "policy/adaptive.h"
#include "policy/prediction.h"
#include "policy/probe_gate.h"
#include "policy/race.h"
#include "policy/replay/sensors.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace tideline::replay {

struct Habits {
  Seconds tick = 0.1;
  Seconds patience = 1;
  bool races = true;
};

// What a decision came to: the place of a plan, and what is expected of it, where that is known.
struct Intent {
  std::size_t plan = 0;
  std::optional<Rest> rest;
};

// A policy as a replay asks it.
class Rule {
 public:
  virtual ~Rule() = default;
  virtual Intent decide(const Observation& seen) const = 0;
  virtual const Policy& policy() const = 0;  // Whose constraints and wishes say when to probe.
};

std::unique_ptr<Rule> adaptive_rule(std::shared_ptr<const PartitionTable> table, AdaptivePolicy::Options options);
std::unique_ptr<Rule> table_rule(std::shared_ptr<const PartitionTable> table, double hysteresis);

struct Counters {
  std::uint64_t moves = 0;
  std::uint64_t races = 0;  // The tail began here beside a request under way.
  std::uint64_t won_here = 0;
  double probe_bytes = 0;
};

// Returns how long the request takes that began at `at`, where its answer is late so long after sending; absent: never.
Seconds raced(const Course& course, Seconds at, std::optional<Duration> late, const Habits& habits, RaceBudget& budget,
              Counters& counters);

class Player {
 public:
  // REQUIRES: all outlive this.
  Player(const World& world, const Rule& rule, Habits habits);

  // Returns how long the request takes that begins at `at`, and whose courses these are by plan. REQUIRES: `at` does
  // not go back.
  Seconds serve(Seconds at, const std::vector<Course>& courses);

  const Counters& counters() const { return counters_; }

 private:
  void tick(Seconds now);
  void probe(const Observation& seen, Seconds now);
  void rehearse(Seconds now);

  const World& world_;
  const Rule& rule_;
  const Habits habits_;
  std::optional<std::size_t> rehearsed_;  // The plan with the shortest head that tells.
  Sensors sensors_;
  ProbeGate gate_;
  RaceBudget budget_;
  Intent intent_;
  Counters counters_;
  Seconds next_tick_ = 0;
};

}  // namespace tideline::replay
