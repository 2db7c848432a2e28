// AdaptivePolicy: serves by the plan with the lowest predicted cost, from a prediction of every plan's terms.
//
// The choice has three steps. Forbidden plans are dropped. Of the rest, the plans whose p95 meets the deadline are
// kept, if there are any. Of these, the cheapest serves if it costs less than the current plan by more than
// `hysteresis`. There is no minimum time between moves: if moves are free, waiting only loses. If they are not, the
// work function decides when to move. If every prediction is within a factor 1 +- d of the truth, the served plan costs
// at most (1 + d) / ((1 - d) (1 - hysteresis)) times the best allowed plan.
//
// Without a peer the edge serves alone, if that is allowed. Pure, immutable, thread-safe.
#pragma once

#include "policy/decide/objective.h"
#include "policy/decide/policy.h"
#include "policy/dispatch/offer.h"
#include "policy/predict/envelope.h"
#include "policy/predict/latency_model.h"

#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tideline::decide {

// The decision and its reasons, before they are put into words. Places are indices into the table's plans.
struct Choice {
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

  Reason reason = Reason::nothing_allowed;
  std::size_t serve = kNone;         // None: stay with the current plan.
  std::size_t best = kNone;          // The cheapest of the eligible plans.
  std::size_t free = kNone;          // The cheapest of all plans.
  std::size_t current = kNone;       // None: the table does not have the current plan.
  bool late = false;                 // No allowed plan keeps the deadline.
  predict::Predictions predictions;  // Empty without a peer.
  std::vector<double> costs;         // By place, in seconds; infinite if not eligible. Empty without a peer.
  WorkFunction work;
};

class AdaptivePolicy final : public Policy {
 public:
  struct Options {
    double hysteresis = 0.03;  // A share of the current plan's cost; 0 to 1.
    Duration swap_cost{};      // Cost of a move; if it is above zero, the work function decides when to move.
    Objective objective;
    dispatch::Rule rule = dispatch::Rule::finish;  // Of offers().
  };

  // REQUIRES: `table` is not null.
  AdaptivePolicy(std::shared_ptr<const table::PartitionTable> table, Options options,
                 plan::Constraints constraints = {});

  PolicyKind kind() const override;
  Decision decide(const Observation& seen) const override;
  std::shared_ptr<const table::Cell> predict(const Observation& seen) const override;
  std::optional<plan::Plan> preferred(const Observation& seen) const override;
  // Returns the eligible plans; none if moves have a cost. Without a peer, only edge-only.
  dispatch::Offers offers(const Observation& seen) const override;
  bool may_send() const override { return some_plan_sends(*table_, constraints_); }
  const plan::Constraints& constraints() const override { return constraints_; }

  // Returns the decision of decide() without its words.
  Choice choose(const Observation& seen) const;

  const predict::LatencyModel& model() const { return model_; }

  // Returns the lower envelope of the allowed plans over 1 / uplink, in seconds per bit, under the current conditions.
  // Members are places of plans in the table. Slow start and the end of a dip are not linear in 1 / uplink, so they are
  // left out.
  predict::Envelope envelope(const plan::Conditions& now) const;

 private:
  std::vector<double> costs(const Observation& seen, Choice& choice) const;
  std::vector<std::string_view> bound(const Choice& choice, const Observation& seen) const;
  void weigh(const std::vector<double>& costs, const Observation& seen, Choice& choice) const;
  std::string words(const Choice& choice, const Observation& seen) const;

  const std::shared_ptr<const table::PartitionTable> table_;
  const predict::LatencyModel model_;
  const Options options_;
  const plan::Constraints constraints_;
  std::vector<bool> allowed_;              // By place; permanent constraints only. Constant after construction.
  std::size_t edge_only_ = Choice::kNone;  // Constant after construction.
};

}  // namespace tideline::decide
