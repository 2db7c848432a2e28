// LossTrial: which plans that lose something answer well enough, tried input by input.
//
//   LossTrial trial(plans, {.min_top1 = 0.99}, inputs);
//   while (...) for (const plan::Plan& plan : trial.going()) trial.add(plan, agreement_over_one_input);
//   const std::map<plan::Plan, plan::Agreement> good = trial.passed();
//
// A plan that cannot pass any more is tried no further. A value; belongs to one thread.
#pragma once

#include "policy/plan/agreement.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace tideline::campaign {

class LossTrial {
 public:
  struct Limit {
    double min_top1 = plan::kDefaultTop1;
    std::optional<double> max_error{};
    bool operator==(const Limit&) const = default;
  };
  // REQUIRES: there is an input.
  LossTrial(std::span<const plan::Plan> plans, const Limit& limit, std::uint32_t inputs);

  std::vector<plan::Plan> going() const;  // Those that can still pass, by cut.

  // Adds how well the plan answers one more input. REQUIRES: it is one of the plans.
  void add(const plan::Plan& plan, const plan::Agreement& one);

  // Returns the plans that were tried over all inputs and keep the limit: of each cut the one that sends least, because
  // the others are better at nothing.
  std::map<plan::Plan, plan::Agreement> passed() const;

 private:
  struct Sum {
    double top1 = 0;
    double max_error = 0;
    std::uint32_t inputs = 0;
  };
  bool can_pass(const Sum& sum) const;

  const Limit limit_;
  const std::uint32_t inputs_;
  std::map<plan::Plan, Sum> sums_;
};

}  // namespace tideline::campaign
