#include "profiler/analysis/measurement_set.h"

#include "policy/plan/agreement.h"
#include "policy/table/accuracy_limit.h"
#include "profiler/fit/build_table.h"
#include "profiler/journal/journal.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace tideline::analysis {
namespace {

constexpr Duration kLongestTime = std::chrono::hours(24);
constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

double delay_of(const plan::Stress& stress) {
  return seconds(stress.delay.value_or(Duration{}));
}

// Bounds of the links in all conditions.
struct Links {
  double fastest = 1;                                                      // Bits per second.
  double shortest = std::numeric_limits<double>::infinity(), longest = 0;  // Delays, in seconds.
};

Links links_of(const std::vector<plan::Stress>& conditions) {
  Links found;
  for (const plan::Stress& stress : conditions) {
    if (stress.uplink) found.fastest = std::max(found.fastest, stress.uplink->value);
    found.shortest = std::min(found.shortest, delay_of(stress));
    found.longest = std::max(found.longest, delay_of(stress));
  }
  return found;
}

// Returns a sort key: a load counts as much as the same share lost of the fastest uplink, or added of the longest
// delay.
double stress_of(const plan::Stress& stress, const Links& links) {
  const double taken = stress.uplink ? 1 - stress.uplink->value / links.fastest : 0;
  const double later = links.longest > 0 ? (delay_of(stress) - links.shortest) / links.longest : 0;
  return taken + stress.edge_cpu + stress.edge_memory + stress.cloud_cpu + stress.cloud_memory + later;
}

std::vector<std::uint32_t> by_stress(const std::vector<plan::Stress>& conditions) {
  const Links links = links_of(conditions);
  std::vector<std::uint32_t> order(conditions.size());
  std::iota(order.begin(), order.end(), 0u);
  const auto key = [&](std::uint32_t c) {
    // An unshaped uplink is faster than any shaped one.
    return std::tuple(stress_of(conditions[c], links), conditions[c].uplink.has_value());
  };
  std::ranges::stable_sort(order, {}, key);
  return order;
}

// Returns the new index of each of `order` that is `used`; kNone for the others.
std::vector<std::uint32_t> renumbered(const std::vector<std::uint32_t>& order, const std::vector<bool>& used) {
  std::vector<std::uint32_t> place(order.size(), kNone);
  std::uint32_t next = 0;
  for (const std::uint32_t i : order)
    if (used[i]) place[i] = next++;
  return place;
}

template <typename T>
std::vector<T> moved(const std::vector<T>& from, const std::vector<std::uint32_t>& place) {
  std::vector<T> to(static_cast<std::size_t>(std::ranges::count_if(place, [](auto p) { return p != kNone; })));
  for (std::size_t i = 0; i < from.size(); ++i)
    if (place[i] != kNone) to[place[i]] = from[i];
  return to;
}

Result<void> check_times(const TimedPlan& timing, const MeasurementSet& found) {
  const table::Terms& t = timing.terms;
  for (const Duration time : {t.head, t.encode, t.network, t.queue, t.tail})
    if (time < Duration::zero() || time > kLongestTime)
      return error(ErrorKind::invalid, "{} of {} took {} ns, which is out of range; measure it again",
                   to_string(found.conditions[timing.condition]), to_string(found.plans[timing.plan]), time.count());
  if (t.total() > Duration::zero()) return {};
  return error(ErrorKind::invalid, "{} under {} took no time at all; measure it again",
               to_string(found.plans[timing.plan]), to_string(found.conditions[timing.condition]));
}

void tell_left_out(std::size_t had, std::size_t has, std::string_view what, MeasurementSet& found) {
  if (had == has) return;
  found.remarks.push_back(fmt::format("{} of {} {} were not measured and are left out", had - has, had, what));
}

// Adds a remark on pairs without measurements, as in a stopped campaign.
void tell_unmeasured(MeasurementSet& found) {
  std::vector<bool> taken(found.conditions.size() * found.plans.size());
  for (const TimedPlan& timing : found.timings) taken[timing.condition * found.plans.size() + timing.plan] = true;
  if (const auto none = std::ranges::count(taken, false))
    found.remarks.push_back(fmt::format("{} of {} pairs of condition and plan were not measured", none, taken.size()));
}

// Adds a remark on the steps that are served without a limit of accuracy.
void tell_default(const journal::Journal& journal, MeasurementSet& found) {
  const journal::Context& context = journal.context();
  std::map<plan::Plan, plan::Agreement> measured;
  for (std::size_t i = 0; i < context.candidates.size(); ++i)
    if (const auto& agreement = journal.agreements()[i]) measured.emplace(context.candidates[i].plan, *agreement);
  const plan::AccuracyLimit limit =
      table::accuracy_limit_of(fit::origin_of(journal.measured(), {}, {}), std::move(measured));
  if (limit.has_steps()) found.remarks.push_back(to_string(limit));
}

// Adds to each plan what it sends, and how its answers agree.
void add_loss(const journal::Journal& journal, MeasurementSet& found) {
  std::vector<double> bytes(found.plans.size()), samples(found.plans.size());
  for (const journal::Sample& s : journal.samples()) {
    bytes[s.candidate] += static_cast<double>(s.wire.count);
    ++samples[s.candidate];
  }
  for (std::size_t i = 0; i < found.plans.size(); ++i) {
    if (samples[i] > 0) found.plans[i].sent = bytes[i] / samples[i];
    found.plans[i].agreement = journal.agreements()[i];
  }
}

// Adds a remark on the accuracy of the network itself, and of the best and the worst plan.
void tell_accuracy(MeasurementSet& found) {
  std::optional<plan::Counted> best, worst;
  std::optional<plan::Accuracy> labelled;
  for (const MeasuredPlan& plan : found.plans) {
    const auto counted = plan.agreement ? plan.agreement->counted() : std::nullopt;
    if (!counted) continue;
    labelled = plan.agreement->accuracy;
    if (!best || counted->share() > best->share()) best = counted;
    if (!worst || counted->share() < worst->share()) worst = counted;
  }
  if (!best) return;
  const std::string range = fmt::format("{} to {}", share_to_string(worst->share()), share_to_string(best->share()));
  found.remarks.push_back(labelled
                              ? fmt::format("right answers: the whole network in fp32 {} labelled images; plans {}",
                                            to_string(plan::Counted{labelled->whole_top1, labelled->labelled}), range)
                              : fmt::format("boxes of fp32's answers: plans keep {} of {}", range, best->of));
}

}  // namespace

std::string to_string(const MeasuredPlan& plan) {
  if (plan.codec == plan::Codec::fp32) return fmt::format("cut {}", plan.cut);
  return fmt::format("cut {} {}", plan.cut, name(plan.codec));
}

Result<MeasurementSet> tidied(MeasurementSet found) {
  if (found.timings.empty()) return error(ErrorKind::invalid, "no measurements; measure first with agent --profile");
  std::vector<bool> condition(found.conditions.size()), plan(found.plans.size());
  for (const TimedPlan& timing : found.timings) {
    if (auto ok = check_times(timing, found); !ok) return ok.error();
    condition[timing.condition] = plan[timing.plan] = true;
  }
  std::vector<std::uint32_t> plans(found.plans.size());
  std::iota(plans.begin(), plans.end(), 0u);
  const auto condition_at = renumbered(by_stress(found.conditions), condition);
  const auto plan_at = renumbered(plans, plan);
  for (TimedPlan& timing : found.timings) timing = {condition_at[timing.condition], plan_at[timing.plan], timing.terms};
  const std::size_t conditions = found.conditions.size();
  found.conditions = moved(found.conditions, condition_at);
  found.plans = moved(found.plans, plan_at);
  tell_left_out(conditions, found.conditions.size(), "conditions", found);
  tell_left_out(plans.size(), found.plans.size(), "plans", found);
  tell_unmeasured(found);
  if (found.plans.size() < 2)
    return error(ErrorKind::invalid, "only {} was measured, so there is nothing to choose; measure other plans",
                 to_string(found.plans.front()));
  return found;
}

Result<MeasurementSet> study_of(const journal::Journal& journal) {
  const journal::Context& context = journal.context();
  MeasurementSet found{.model = context.model_name, .conditions = context.cells, .edge_only = context.cuts - 1};
  for (const journal::Candidate& c : context.candidates) found.plans.push_back({c.plan.cut, c.plan.codec, c.cut_name});
  add_loss(journal, found);
  found.remarks = journal.odd().remarks();
  if (const std::size_t kept = journal.measured().kept.cells.size(); kept > 0)
    found.remarks.push_back(fmt::format(
        "{} of the conditions were measured before the last refresh, beside another baseline; the table allows for it, "
        "this analysis takes them as they were measured",
        kept));
  tell_default(journal, found);
  tell_accuracy(found);
  for (const journal::Sample& s : journal.samples()) found.timings.push_back({s.cell, s.candidate, s.terms});
  return tidied(std::move(found));
}

}  // namespace tideline::analysis
