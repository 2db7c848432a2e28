// AdaptivePolicy: serves by the plan that is predicted to cost least now, by the terms of every plan.
//
// First what is allowed, then what is asked, then what it costs: among the allowed plans those whose p95 keeps the
// deadline, if any; among these the one that costs least, if it costs less than the current one by more than
// `hysteresis`. No plan is held for its own sake: where moving is free, waiting only loses (where it is not, the work
// function says when it pays). If every prediction is within a factor 1 +- d of the truth, what is served costs at most
// (1 + d) / ((1 - d) (1 - hysteresis)) times the best allowed plan.
//
// Without a peer the edge serves alone, where that is allowed. Pure, immutable, thread-safe.
#pragma once

#include "policy/decide/objective.h"
#include "policy/decide/policy.h"
#include "policy/predict/latency_model.h"
#include "policy/predict/envelope.h"

#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tideline {

// What was decided, and by what, before it is put into words. Places are those of the table's plans.
struct Choice {
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

  Reason reason = Reason::nothing_allowed;
  std::size_t serve = kNone;    // None: stay with whatever serves now.
  std::size_t best = kNone;     // The plan that costs least, among those that were eligible.
  std::size_t free = kNone;     // And among all.
  std::size_t current = kNone;  // None: the table does not have it.
  bool late = false;            // No allowed plan keeps the deadline.
  Predictions predictions;      // Empty without a peer.
  WorkFunction work;
};

class AdaptivePolicy final : public Policy {
 public:
  struct Options {
    double hysteresis = 0.03;  // A share of the current plan's cost; 0 to 1.
    Duration swap_cost{};      // What moving costs; with more than zero the work function decides when.
    Objective objective;
  };

  // REQUIRES: `table` is not null.
  AdaptivePolicy(std::shared_ptr<const PartitionTable> table, Options options, Constraints constraints = {});

  PolicyKind kind() const override { return PolicyKind::adaptive; }
  Decision decide(const Observation& seen) const override;
  std::shared_ptr<const Cell> predict(const Observation& seen) const override;
  std::optional<Plan> preferred(const Observation& seen) const override;
  bool may_send() const override { return some_plan_sends(*table_, constraints_); }
  const Constraints& constraints() const override { return constraints_; }

  // Returns what decide() says, without its words.
  Choice choose(const Observation& seen) const;

  const LatencyModel& model() const { return model_; }

  // Returns the envelope of the allowed plans over 1 / uplink, in seconds per bit, by what is seen now but the uplink.
  // Members are places of the table's plans; slow start and the end of a dip, which are no lines, are left out.
  Envelope envelope(const Conditions& now) const;

 private:
  std::vector<double> costs(const Observation& seen, Choice& choice) const;
  std::vector<std::string_view> bound(const Choice& choice, const Observation& seen) const;
  void weigh(const std::vector<double>& costs, const Observation& seen, Choice& choice) const;
  std::string words(const Choice& choice, const Observation& seen) const;

  const std::shared_ptr<const PartitionTable> table_;
  const LatencyModel model_;
  const Options options_;
  const Constraints constraints_;
  std::vector<bool> allowed_;  // By place: for good. Constant after construction, as is the next.
  std::size_t edge_only_ = Choice::kNone;
};

}  // namespace tideline
