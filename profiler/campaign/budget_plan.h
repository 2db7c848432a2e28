// BudgetPlan: which cells and candidates a campaign measures so that it ends in time.
//
// What does not fit is left out in this order: repetitions, anchors, cells, codecs. Of the cells the baseline stays
// longest, then the most stressed one of each side, then the others in the order of spread_out(), then those that are
// held out. A separable campaign predicts the cells in which several sides are stressed from what is left. Never left
// out are the codecs that lose nothing, and the last codec of each cut; so fp32 and the ends stay. A codec that was
// measured in the baseline stays, too: a cell without it would be of no use. If even these do not fit without load,
// there is no plan. Pure: the same standing, pace and time give the same plan. So a campaign plans again after each
// step.
//
//   const BudgetPlanner planner(context, rule);
//   const BudgetPlan plan = planner.plan(standing, pace, 58);  // Seconds.
//   if (plan.least > 58) return too_short(plan.least);
#pragma once

#include "profiler/campaign/campaign_plan.h"
#include "profiler/campaign/pace.h"
#include "profiler/campaign/rounds.h"
#include "profiler/journal/sample.h"

#include <cstdint>
#include <set>
#include <vector>

namespace tideline::campaign {

using Totals = std::vector<std::vector<std::vector<double>>>;  // Measured seconds, by cell and candidate.

// What a campaign has, as far as a plan depends on it.
struct Standing {
  const journal::Measurements* measured = nullptr;
  const Totals* totals = nullptr;
  std::set<std::uint32_t> refused;  // Cells that could not be imposed.
  std::set<std::uint32_t> looked;   // Visits to the anchors that were made.
  bool closed = false;              // No candidate is added that was not compared: comparing now would disturb timings.
};

struct PlannedVisit {
  CellVisit visit;
  double takes = 0;           // Seconds.
  double may_take = 0;        // Seconds; within them it may repeat more often than it must.
  std::uint64_t samples = 0;  // That it adds at least.
};

struct BudgetPlan {
  std::vector<std::uint32_t> candidates;                // That are measured; rising.
  std::vector<std::vector<std::uint32_t>> comparisons;  // Still to be made, by cut.
  std::vector<std::vector<std::uint32_t>> streams;      // The same.
  std::vector<PlannedVisit> visits;                     // In order.
  double takes = 0;                                     // Seconds of all these.
  double least = 0;       // Seconds of the least that makes a table; more than was given if there is no plan.
  std::size_t cells = 0;  // That have measurements in the end.
};

class BudgetPlanner {
 public:
  // `context` must outlive this. REQUIRES: it is not of a shard.
  BudgetPlanner(const journal::Context& context, RoundRule rule);

  // Returns a plan that takes at most `left` seconds if `least` does; else one without steps, whose candidates are
  // those of the least.
  // `left` may be negative: a last step may have ended too late.
  BudgetPlan plan(const Standing& standing, const Pace& pace, double left) const;

 private:
  std::vector<std::uint32_t> without(std::size_t codecs, const Standing& standing) const;

  const journal::Context* context_;
  const RoundRule rule_;
  std::vector<plan::Codec> droppable_;    // Of the campaign, the first to go first.
  std::set<std::uint32_t> last_of_cuts_;  // Candidates that are never left out, whatever they lose.
  std::vector<std::size_t> rank_;         // By cell: a cell of a lower rank stays longer.
  std::set<std::uint32_t> core_;          // Cells that stay longer than codecs.
};

// Returns over how many inputs answers can be compared within a budget of so many seconds, where the whole network runs
// in `run` seconds: a quarter of the budget, at least four inputs, at most `most`.
std::uint32_t inputs_within(double budget, double run, std::size_t candidates, std::uint32_t most);

}  // namespace tideline::campaign
