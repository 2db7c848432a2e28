// Additive: what every plan takes now, as a sum of terms of which each is predicted by itself.
//
//   T = (head + encode) x edge slowdown + rest of the link + bytes / uplink + queue + tail x cloud slowdown
//
// So one request teaches of all plans, and conditions that were never measured together are predicted, too. The form is
// that of Kang et al., "Neurosurgeon", ASPLOS 2017. The terms are those of the unstressed cell; where the table has
// cells in which nothing but one machine's CPU was loaded, it knows of every head (tail) by itself how a load slows it.
// The rest of the link is what the unstressed network took beyond its bytes: round trips, the answer, the cloud's
// dispatch. What is not seen now is taken to be as it was there. A value.
#pragma once

#include "policy/conditions.h"
#include "policy/table.h"

#include <memory>
#include <vector>

namespace tideline {

class Additive {
 public:
  explicit Additive(std::shared_ptr<const PartitionTable> table);

  // Returns the unstressed cell as it is predicted to be now: the means, and the p95 in proportion. `seen` is `now`.
  Cell predict(const Conditions& now) const;

 private:
  // What one machine takes for each plan, in the table's order, when it is so much slower than unstressed.
  struct Load {
    double slowdown = 1;
    const Cell* cell = nullptr;
  };
  using Loads = std::vector<Load>;  // By slowdown, the unstressed one first.

  Loads loads(std::optional<double> Conditions::* slowdown, double Stress::* share) const;
  static Duration at(const Loads& loads, double slowdown, std::size_t plan, Duration Terms::* term);
  Duration network(const Estimate& estimate, const Conditions& now) const;

  std::shared_ptr<const PartitionTable> table_;
  Loads edge_;
  Loads cloud_;
};

}  // namespace tideline
