// BudgetDraft: the rest of a campaign with some of its candidates, what it takes, and the part of it that fits.
//
// budget_plan.h says what stays longest. A value. Belongs to one thread; what it refers to must outlive it.
#pragma once

#include "profiler/campaign/budget_plan.h"

#include <cstdint>
#include <functional>
#include <set>
#include <utility>
#include <vector>

namespace tideline::campaign {

class BudgetDraft {
 public:
  struct Of {
    const journal::Context& context;
    const RoundRule& rule;
    const std::vector<std::size_t>& rank;
    const std::set<std::uint32_t>& core;
    const Standing& standing;
    const Pace& pace;
  };
  // `kept` rises.
  BudgetDraft(const Of& of, std::vector<std::uint32_t> kept);

  double core() const;  // Seconds of what must be prepared, and of the core's first visits.
  BudgetPlan within(double left) const;

 private:
  using Planned = std::vector<PlannedVisit>;

  // The counts of measurements that a visit begins with, at least, and ends with.
  struct Repetitions {
    std::uint32_t from = 0, to = 0;
  };
  double least() const;
  double preparing() const;
  PlannedVisit planned(CellVisit visit, Repetitions repetitions) const;
  PlannedVisit look(std::uint32_t number) const;
  std::uint32_t had(std::uint32_t cell, std::uint32_t candidate) const;

  Planned whole() const;               // All that is missing.
  Planned reduced(double left) const;  // The part of it that fits.
  Planned first_visits(double& left, bool& all) const;
  Planned second_visits(double& left) const;
  void add_looks(double& left, Planned& between) const;
  Planned repeated(double left) const;  // Visits to what is not known well enough, though nothing is missing.
  double width(const CellVisit& visit) const;
  std::size_t cells_with(const Planned& visits) const;

  const Of of_;
  const std::vector<std::uint32_t> kept_;
  const std::vector<CellVisit> visits_;  // Of cells that can be imposed, by rank.
  const std::vector<std::vector<std::uint32_t>> comparisons_, streams_;
  const RoundRule half_;
};

}  // namespace tideline::campaign
