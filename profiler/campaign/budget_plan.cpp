#include "profiler/campaign/budget_plan.h"

#include "profiler/campaign/budget_draft.h"
#include "profiler/campaign/stress_axes.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>

namespace tideline::campaign {
namespace {

// The least useful first: those that few plans need stand at the ends of their family.
constexpr std::array kFirstToGo{plan::Codec::jpeg75, plan::Codec::q1,  plan::Codec::fp16, plan::Codec::q64,
                                plan::Codec::q2,     plan::Codec::q32, plan::Codec::q16,  plan::Codec::jpeg95,
                                plan::Codec::q4,     plan::Codec::q8};
constexpr double kComparingShare = 0.25;   // Of a budget.
constexpr std::uint32_t kLeastInputs = 4;  // With fewer, one answer decides.
constexpr std::size_t kCoreOfWhole = 2;    // Of an exhaustive campaign, beside the baseline.

// Returns a higher number for a codec that stays longer; those that lose nothing stay longest.
std::size_t stays(plan::Codec codec) {
  return static_cast<std::size_t>(std::ranges::find(kFirstToGo, codec) - kFirstToGo.begin());
}

// Returns for each cut the candidate that stays longest.
std::set<std::uint32_t> last_of_cuts(const journal::Context& context) {
  std::map<std::uint32_t, std::uint32_t> last;
  for (std::uint32_t i = 0; i < context.candidates.size(); ++i) {
    const plan::Plan& plan = context.candidates[i].plan;
    const auto [found, first] = last.emplace(plan.cut, i);
    if (!first && stays(plan.codec) > stays(context.candidates[found->second].plan.codec)) found->second = i;
  }
  std::set<std::uint32_t> all;
  for (const auto& [cut, candidate] : last) all.insert(candidate);
  return all;
}

std::vector<plan::Codec> droppable(const journal::Context& context) {
  std::vector<plan::Codec> codecs;
  for (const plan::Codec codec : kFirstToGo)
    if (std::ranges::any_of(context.candidates, [&](const journal::Candidate& c) { return c.plan.codec == codec; }))
      codecs.push_back(codec);
  return codecs;
}

// Returns all cells of the campaign in the order in which they are worth their time.
std::vector<CellVisit> by_worth(const journal::Context& context) {
  std::vector<CellVisit> visits = cells_to_visit(context, every_candidate(context));
  std::vector<std::uint32_t> of_one_side, held_out;
  for (const CellVisit& visit : visits)
    if (visit.role != Role::baseline) (visit.role == Role::held_out ? held_out : of_one_side).push_back(visit.cell);
  std::map<std::uint32_t, std::size_t> place{{0u, 0}};
  for (const std::vector<std::uint32_t>* const cells : {&of_one_side, &held_out})
    for (const std::uint32_t cell : spread_out(context.cells, *cells)) place.emplace(cell, place.size());
  std::ranges::sort(visits, {}, [&](const CellVisit& visit) { return place.at(visit.cell); });
  return visits;
}

// Returns the baseline, and the most stressed cell of each side; of an exhaustive campaign, the first corners.
std::set<std::uint32_t> core_of(const std::vector<CellVisit>& by_worth) {
  std::set<std::uint32_t> cells;
  std::map<Role, std::size_t> had;
  for (const CellVisit& visit : by_worth)
    if (visit.role != Role::held_out && had[visit.role]++ < (visit.role == Role::whole ? kCoreOfWhole : 1))
      cells.insert(visit.cell);
  return cells;
}

}  // namespace

BudgetPlanner::BudgetPlanner(const journal::Context& context, RoundRule rule)
    : context_(&context),
      rule_(rule),
      droppable_(droppable(context)),
      last_of_cuts_(last_of_cuts(context)),
      rank_(context.cells.size()) {
  const std::vector<CellVisit> visits = by_worth(context);
  core_ = core_of(visits);
  for (std::size_t i = 0; i < visits.size(); ++i)
    rank_[visits[i].cell] = core_.contains(visits[i].cell) ? i : visits.size() + i;
}

std::vector<std::uint32_t> BudgetPlanner::without(std::size_t codecs, const Standing& standing) const {
  const auto dropped = std::span(droppable_).first(codecs);
  std::vector<std::uint32_t> kept = every_candidate(*context_);
  std::erase_if(kept, [&](std::uint32_t i) {
    const plan::Codec codec = context_->candidates[i].plan.codec;
    if (is_lossless(codec) || last_of_cuts_.contains(i) || !(*standing.totals)[0][i].empty()) return false;
    return std::ranges::find(dropped, codec) != dropped.end() || (standing.closed && !standing.measured->agreements[i]);
  });
  return kept;
}

BudgetPlan BudgetPlanner::plan(const Standing& standing, const Pace& pace, double left) const {
  const auto draft = [&](std::size_t codecs) {
    return BudgetDraft({*context_, rule_, rank_, core_, standing, pace}, without(codecs, standing));
  };
  for (std::size_t codecs = 0; codecs < droppable_.size(); ++codecs)
    if (const BudgetDraft more = draft(codecs); more.core() <= left) return more.within(left);
  return draft(droppable_.size()).within(left);
}

std::uint32_t inputs_within(double budget, double run, std::size_t candidates, std::uint32_t most) {
  const double all = run * static_cast<double>(candidates);
  const double fit = all > 0 ? kComparingShare * budget / all : most;
  return std::min(most, fit < kLeastInputs ? kLeastInputs : static_cast<std::uint32_t>(std::min<double>(fit, most)));
}

}  // namespace tideline::campaign
