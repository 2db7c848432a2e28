#include "profiler/campaign/budget_draft.h"

#include "profiler/fit/anchors.h"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace tideline::campaign {
namespace {

constexpr std::uint32_t kWarmUp = 1;
constexpr std::uint32_t kLeastLooks = 2;  // Fewer visits to the anchors show no noise.

using CutGroups = std::vector<std::vector<std::uint32_t>>;

// Returns the groups without candidates that are not kept.
CutGroups only(CutGroups groups, const std::vector<std::uint32_t>& kept) {
  for (std::vector<std::uint32_t>& group : groups)
    std::erase_if(group, [&](std::uint32_t i) { return !std::ranges::binary_search(kept, i); });
  std::erase_if(groups, [](const std::vector<std::uint32_t>& group) { return group.empty(); });
  return groups;
}

std::vector<CellVisit> reachable(const BudgetDraft::Of& of, const std::vector<std::uint32_t>& kept) {
  std::vector<CellVisit> visits = cells_to_visit(of.context, kept);
  std::erase_if(visits, [&](const CellVisit& visit) { return of.standing.refused.contains(visit.cell); });
  std::ranges::sort(visits, {}, [&](const CellVisit& visit) { return of.rank[visit.cell]; });
  return visits;
}

double sum_of(const std::vector<PlannedVisit>& visits) {
  return std::accumulate(visits.begin(), visits.end(), 0.0,
                         [](double sum, const PlannedVisit& one) { return sum + one.takes; });
}

// Slow loads change seldom in the order of the cells.
void by_cell_number(std::vector<PlannedVisit>& visits) {
  std::ranges::stable_sort(visits, {}, [](const PlannedVisit& one) { return one.visit.cell; });
}

// Divides what is left among the visits, by what they take.
void share_out(double left, std::vector<PlannedVisit>& visits) {
  const double all = sum_of(visits), rest = std::max(0.0, left - all);
  for (PlannedVisit& one : visits) one.may_take = one.takes + (all > 0 ? rest * one.takes / all : 0);
}

// Of looks at the anchors without a cell between them, the last one stays.
std::vector<PlannedVisit> without_double_looks(std::vector<PlannedVisit> visits) {
  std::vector<PlannedVisit> kept;
  for (PlannedVisit& one : visits) {
    const bool again = !kept.empty() && kept.back().visit.role == Role::anchors && one.visit.role == Role::anchors;
    if (again)
      kept.back() = std::move(one);
    else
      kept.push_back(std::move(one));
  }
  return kept;
}

void append(std::vector<PlannedVisit>& to, std::vector<PlannedVisit> more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

BudgetDraft::BudgetDraft(const Of& of, std::vector<std::uint32_t> kept)
    : of_(of),
      kept_(std::move(kept)),
      visits_(reachable(of, kept_)),
      comparisons_(only(unmeasured_agreements(*of.standing.measured), kept_)),
      streams_(only(unmeasured_streams(*of.standing.measured), kept_)),
      half_(half_of(of.rule)) {}

std::uint32_t BudgetDraft::had(std::uint32_t cell, std::uint32_t candidate) const {
  return static_cast<std::uint32_t>((*of_.standing.totals)[cell][candidate].size());
}

double BudgetDraft::preparing() const {
  double sum = 0;
  for (const std::vector<std::uint32_t>& group : comparisons_) sum += of_.pace.comparing(group);
  for (const std::vector<std::uint32_t>& group : streams_) sum += of_.pace.streaming(group);
  return sum;
}

// Each kept candidate once, without load.
double BudgetDraft::least() const {
  double runs = 0;
  for (const std::uint32_t candidate : kept_)
    if (had(0, candidate) == 0) runs += (kWarmUp + 1) * of_.pace.run(0, candidate);
  return preparing() + (runs > 0 ? runs + of_.pace.imposing(0) : 0);
}

// A visit without candidates that need it adds no sample, and is not made.
PlannedVisit BudgetDraft::planned(CellVisit visit, Repetitions repetitions) const {
  double runs = 0;
  std::uint64_t samples = 0;
  for (const std::uint32_t candidate : visit.candidates) {
    const std::uint32_t count = std::max(had(visit.cell, candidate), repetitions.from);
    if (count >= repetitions.to) continue;
    samples += repetitions.to - count;
    runs += (kWarmUp + repetitions.to - count) * of_.pace.run(visit.cell, candidate);
  }
  const double takes = samples > 0 ? runs + of_.pace.imposing(visit.cell) : 0;
  return {std::move(visit), takes, 0, samples};
}

double BudgetDraft::core() const {
  double sum = preparing();
  for (const CellVisit& visit : visits_)
    if (of_.core.contains(visit.cell)) sum += planned(visit, {0, half_.least}).takes;
  return sum;
}

PlannedVisit BudgetDraft::look(std::uint32_t number) const {
  CellVisit visit{0, Role::anchors, of_.context.anchors, number};
  std::erase_if(visit.candidates, [&](std::uint32_t i) { return !std::ranges::binary_search(kept_, i); });
  double takes = of_.pace.imposing(0);
  for (const std::uint32_t candidate : visit.candidates)
    takes += (kWarmUp + fit::kAnchorRepetitions) * of_.pace.run(0, candidate);
  return {std::move(visit), takes, 0, 0};
}

BudgetDraft::Planned BudgetDraft::whole() const {
  const bool twice = of_.context.method == journal::Method::separable;
  Planned all;
  for (CellVisit& visit : design(of_.context, kept_)) {
    if (of_.standing.refused.contains(visit.cell)) continue;
    if (visit.role == Role::anchors) {
      if (!of_.standing.looked.contains(visit.anchor_visit)) all.push_back(look(visit.anchor_visit));
      continue;
    }
    const Repetitions repetitions =
        visit.last ? Repetitions{twice ? half_.least : 0, of_.rule.least} : Repetitions{0, half_.least};
    all.push_back(planned(std::move(visit), repetitions));
  }
  std::erase_if(all, [](const PlannedVisit& one) { return one.samples == 0 && one.visit.role != Role::anchors; });
  return without_double_looks(std::move(all));
}

// Reduces `left` by what the visits take. `all` tells whether every cell is among them that needs one.
BudgetDraft::Planned BudgetDraft::first_visits(double& left, bool& all) const {
  Planned core, others;
  for (const CellVisit& visit : visits_) {
    PlannedVisit one = planned(visit, {0, half_.least});
    if (one.samples == 0) continue;
    if (visit.role == Role::baseline) one.takes = std::min(one.takes, left);  // The least of it fits.
    if (one.takes > left) {
      all = false;
      continue;
    }
    left -= one.takes;
    one.visit.last = false;
    (of_.core.contains(visit.cell) ? core : others).push_back(std::move(one));
  }
  by_cell_number(core);
  by_cell_number(others);
  append(core, std::move(others));
  return core;
}

BudgetDraft::Planned BudgetDraft::second_visits(double& left) const {
  Planned visits;
  for (const CellVisit& visit : visits_) {
    PlannedVisit one = planned(visit, {half_.least, of_.rule.least});
    if (one.samples == 0 || one.takes > left) continue;
    left -= one.takes;
    visits.push_back(std::move(one));
  }
  by_cell_number(visits);
  return visits;
}

// Puts a look at the anchors before and after these visits, unless there were enough of them.
void BudgetDraft::add_looks(double& left, Planned& between) const {
  if (of_.context.anchors.empty()) return;
  const auto before = static_cast<std::uint32_t>(of_.standing.looked.size());
  std::uint32_t next = before == 0 ? 0 : *of_.standing.looked.rbegin() + 1;
  for (std::uint32_t i = before; i < kLeastLooks; ++i) {
    PlannedVisit one = look(next++);
    if (one.takes > left) return;
    left -= one.takes;
    between.insert(i == 0 ? between.begin() : between.end(), std::move(one));
  }
}

BudgetDraft::Planned BudgetDraft::reduced(double left) const {
  bool all = true;
  Planned visits = first_visits(left, all);
  if (!all) return visits;
  Planned rest;
  add_looks(left, rest);
  Planned second = second_visits(left);
  const auto middle = rest.size() == kLeastLooks ? rest.begin() + 1 : rest.begin();
  rest.insert(middle, std::make_move_iterator(second.begin()), std::make_move_iterator(second.end()));
  append(visits, std::move(rest));
  return visits;
}

// Returns the widest interval of the visit's candidates that are not known well enough; nothing for others: 0.
double BudgetDraft::width(const CellVisit& visit) const {
  double widest = 0;
  for (const std::uint32_t candidate : visit.candidates) {
    const std::vector<double>& totals = (*of_.standing.totals)[visit.cell][candidate];
    if (!known(totals, of_.rule)) widest = std::max(widest, relative_half_width(totals));
  }
  return widest;
}

BudgetDraft::Planned BudgetDraft::repeated(double left) const {
  std::vector<std::pair<double, CellVisit>> by_width;
  for (const CellVisit& visit : visits_) {
    std::pair<double, CellVisit> one{width(visit), visit};
    std::erase_if(one.second.candidates,
                  [&](std::uint32_t i) { return known((*of_.standing.totals)[visit.cell][i], of_.rule); });
    if (!one.second.candidates.empty()) by_width.push_back(std::move(one));
  }
  std::ranges::stable_sort(by_width, std::ranges::greater(), &std::pair<double, CellVisit>::first);
  Planned visits;
  for (auto& [wide, visit] : by_width) {
    double takes = of_.pace.imposing(visit.cell);
    for (const std::uint32_t i : visit.candidates) takes += (kWarmUp + 1) * of_.pace.run(visit.cell, i);
    if (takes > left) continue;
    left -= takes;
    const std::uint64_t samples = visit.candidates.size();
    visits.push_back({std::move(visit), takes, 0, samples});
  }
  return visits;
}

std::size_t BudgetDraft::cells_with(const Planned& visits) const {
  std::vector<bool> taken(of_.context.cells.size());
  for (const journal::Sample& sample : of_.standing.measured->samples) taken[sample.cell] = true;
  for (const PlannedVisit& one : visits)
    if (one.visit.role != Role::anchors) taken[one.visit.cell] = true;
  return static_cast<std::size_t>(std::ranges::count(taken, true));
}

BudgetPlan BudgetDraft::within(double left) const {
  BudgetPlan plan;
  plan.least = least();
  plan.candidates = kept_;
  if (plan.least > left) return plan;
  plan.comparisons = comparisons_;
  plan.streams = streams_;
  const double prepared = preparing(), rest = left - prepared;
  plan.visits = whole();
  if (plan.visits.empty()) plan.visits = repeated(rest);
  if (sum_of(plan.visits) <= rest)
    share_out(rest, plan.visits);
  else
    plan.visits = reduced(rest);
  plan.takes = prepared + sum_of(plan.visits);
  plan.cells = cells_with(plan.visits);
  return plan;
}

}  // namespace tideline::campaign
