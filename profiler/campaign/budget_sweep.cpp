#include "profiler/campaign/budget_sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tideline::campaign {
namespace {

// For making the table, and for lifting the last load: this share of the budget.
constexpr double kConcluding = 0.04;

class BudgetSweep {
 public:
  BudgetSweep(CampaignSteps& steps, const SweepOptions& options)
      : steps_(steps), options_(options), planner_(steps.journal().context(), steps.rule()) {
    steps_.fits = [this](std::uint32_t cell, std::uint32_t candidate) {
      return steps_.pace().run(cell, candidate) <= left();
    };
    steps_.remaining = [this] { return std::optional(std::max(Duration::zero(), planned_end_ - options_.now())); };
  }

  Result<bool> run() {
    if (left() > 0)
      if (auto going = steps_.try_out(); !going || !*going) return going;
    for (bool first = true;; first = false) {
      const BudgetPlan plan = planned();
      if (auto ok = check_least(plan); !ok) return ok.error();
      if (first && options_.on_plan) options_.on_plan(plan);
      if (plan.comparisons.empty() && plan.streams.empty() && plan.visits.empty()) return true;
      if (auto going = first_step(plan); !going || !*going) return going;
    }
  }

 private:
  // Seconds that are left, without those for concluding.
  double left() const { return given() * (1 - kConcluding) - seconds(steps_.elapsed()); }
  double given() const { return seconds(*options_.budget); }

  BudgetPlan planned() const {
    Standing standing = steps_.standing();
    standing.closed = visited_;
    return planner_.plan(standing, steps_.pace(), left());
  }

  Result<void> check_least(const BudgetPlan& plan) const {
    if (plan.least <= std::max(0.0, left())) return {};  // A last step may have ended too late.
    const double least = std::ceil((seconds(steps_.elapsed()) + plan.least) / (1 - kConcluding));
    const journal::Journal& journal = steps_.journal();
    if (journal.samples().empty() && !journal.measured().imposed.front())
      return error(ErrorKind::invalid,
                   "a budget of {:.3g} s is too short: the least is to compare and to measure {} plans once without "
                   "load, and takes about {:.0f} s; give more time, or fewer plans",
                   given(), plan.candidates.size(), least);
    return error(ErrorKind::unavailable,
                 "the budget of {:.3g} s was spent before every plan was measured without load; that takes about "
                 "{:.0f} s; give more time",
                 given(), least);
  }

  Result<bool> first_step(const BudgetPlan& plan) {
    const TimePoint began = options_.now();
    const auto took = [&] { return seconds(options_.now() - began); };
    if (!plan.comparisons.empty()) {
      auto going = steps_.compare(plan.comparisons.front());
      if (going && *going) steps_.pace().compared(plan.comparisons.front(), took());
      return going;
    }
    if (!plan.streams.empty()) {
      auto going = steps_.encode(plan.streams.front());
      if (going && *going) steps_.pace().streamed(plan.streams.front(), took());
      return going;
    }
    return visit(plan, began);
  }

  Result<bool> visit(const BudgetPlan& plan, TimePoint began) {
    visited_ = true;
    expect(plan);
    const PlannedVisit& next = plan.visits.front();
    auto going = steps_.visit(next.visit, began + from_seconds(next.may_take));
    if (next.visit.role != Role::anchors) ++steps_.progress.visit;
    return going;
  }

  // Tells the progress what is planned.
  void expect(const BudgetPlan& plan) {
    Progress& progress = steps_.progress;
    progress.visits = progress.visit;
    progress.total = progress.done;
    for (const PlannedVisit& one : plan.visits) {
      progress.total += one.samples;
      if (one.visit.role != Role::anchors) ++progress.visits;
    }
    planned_end_ = options_.now() + from_seconds(plan.takes);
  }

  CampaignSteps& steps_;
  const SweepOptions& options_;
  const BudgetPlanner planner_;
  bool visited_ = false;  // A cell was, in this run.
  TimePoint planned_end_{};
};

}  // namespace

Result<bool> sweep_within_budget(CampaignSteps& steps, const SweepOptions& options) {
  return BudgetSweep(steps, options).run();
}

}  // namespace tideline::campaign
