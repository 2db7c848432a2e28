#include "policy/decide/adaptive_policy.h"

#include "policy/decide/wording.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace tideline::decide {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr double kTellingRatio = 0.05;

dispatch::Offer offer(const predict::Prediction& plan, Duration cost, const table::PartitionTable& table) {
  const predict::PredictedTerms& mean = plan.mean;
  const bool sends = plan.estimate->plan.cut != table.edge_only().cut;
  dispatch::Offer offer{.plan = plan.estimate->plan};
  offer.demand = {.edge = mean.head + mean.encode + (sends ? Duration{} : mean.tail),
                  .uplink = mean.upload,
                  .queue = mean.queue,
                  .cloud = sends ? mean.tail : Duration{},
                  .rest = mean.round_trip + mean.slow_start + mean.stall};
  if (!plan::needs_slot(offer.plan, table.takes_images())) {
    offer.demand.rest += offer.demand.edge;
    offer.demand.edge = {};
  }
  offer.price = std::max(Duration{}, cost - mean.total());
  return offer;
}

std::size_t least(const std::vector<double>& costs) {
  return static_cast<std::size_t>(std::ranges::min_element(costs) - costs.begin());
}

}  // namespace

AdaptivePolicy::AdaptivePolicy(std::shared_ptr<const table::PartitionTable> table, Options options,
                               plan::Constraints constraints)
    : table_(table), model_(std::move(table)), options_(options), constraints_(std::move(constraints)) {
  const auto& estimates = table_->unstressed().estimates;
  for (std::size_t i = 0; i < estimates.size(); ++i) {
    allowed_.push_back(constraints_.allows(estimates[i].plan));
    if (estimates[i].plan.cut == table_->edge_only().cut && edge_only_ == Choice::kNone) edge_only_ = i;
  }
}

Choice AdaptivePolicy::choose(const Observation& seen) const {
  Choice choice;
  const auto& estimates = table_->unstressed().estimates;
  for (std::size_t i = 0; i < estimates.size(); ++i)
    if (estimates[i].plan.cut == seen.current.cut && estimates[i].plan == seen.current) choice.current = i;
  const bool keeps = constraints_.allows(seen.current, seen.sent_today);
  if (!has_peer(seen.now)) {
    if (edge_only_ != Choice::kNone && allowed_[edge_only_]) {
      choice.reason = Reason::edge_alone;
      choice.serve = edge_only_;
      return choice;
    }
    if (keeps) {
      choice.reason = Reason::nobody;
      return choice;
    }
  }
  choice.predictions = model_.predict(seen.now, seen.residuals, seen.ratios);
  const std::vector<double>& cost = choice.costs = costs(seen, choice);
  choice.best = least(cost);
  if (cost[choice.best] == kNever) {
    choice.best = Choice::kNone;
    return choice;
  }
  if (!keeps || choice.current == Choice::kNone) {
    choice.reason = keeps ? Reason::unknown_plan : Reason::not_allowed;
    choice.serve = choice.best;
    return choice;
  }
  weigh(cost, seen, choice);
  return choice;
}

// Returns the cost of each plan. Plans that are not eligible cost more than any other.
std::vector<double> AdaptivePolicy::costs(const Observation& seen, Choice& choice) const {
  const std::vector<predict::Prediction>& plans = choice.predictions.plans;
  const bool daily = constraints_.sending && constraints_.sending->per_day;
  std::vector<double> costs(plans.size(), kNever);
  std::vector<bool> in_time(plans.size(), true);
  bool some = false;
  double least_of_all = kNever;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const plan::Plan& plan = plans[i].estimate->plan;
    const double one = cost(options_.objective, plans[i], plan.cut == table_->edge_only().cut);
    if (one < least_of_all) least_of_all = one, choice.free = i;
    if (!allowed_[i] || (daily && !constraints_.allows(plan, seen.sent_today))) continue;
    costs[i] = one;
    in_time[i] = !constraints_.deadline || plans[i].p95 <= *constraints_.deadline;
    some = some || in_time[i];
  }
  choice.late = !some;
  if (some)
    for (std::size_t i = 0; i < plans.size(); ++i)
      if (!in_time[i]) costs[i] = kNever;
  return costs;
}

void AdaptivePolicy::weigh(const std::vector<double>& costs, const Observation& seen, Choice& choice) const {
  const double from = costs[choice.current], to = costs[choice.best];
  choice.serve = choice.current;
  if (options_.swap_cost > Duration{}) {
    std::vector<double> together = costs;
    for (double& cost : together)
      if (std::isfinite(cost)) cost *= std::max(0.0, seen.requests);
    choice.work = seen.work;
    choice.serve = choice.work.step(together, seconds(options_.swap_cost), choice.current);
    choice.reason = from <= to ? Reason::best : Reason::too_little_gain;
    if (choice.serve != choice.current) choice.reason = Reason::gain;
    return;
  }
  choice.reason = from <= to ? Reason::best : Reason::too_little_gain;
  if (!(to < (1 - options_.hysteresis) * from)) return;
  choice.serve = choice.best;
  choice.reason = Reason::gain;
}

predict::Envelope AdaptivePolicy::envelope(const plan::Conditions& now) const {
  plan::Conditions endless = now;
  endless.uplink_window.reset();
  endless.uplink_usual.reset();
  const predict::Predictions predictions = model_.predict(endless);
  std::vector<predict::Line> lines;
  for (std::size_t i = 0; i < predictions.plans.size(); ++i) {
    const predict::Prediction& p = predictions.plans[i];
    const bool sends = p.estimate->plan.cut != table_->edge_only().cut;
    const double bits = sends ? model_.slower() * 8 * static_cast<double>(p.estimate->wire.count) : 0;
    // A forbidden plan gets a line above all others at every realistic rate.
    lines.push_back(allowed_[i] ? predict::Line{seconds(p.mean.total() - p.mean.upload), bits}
                                : predict::Line{1e9, 1e15});
  }
  return predict::Envelope(lines);
}

Decision AdaptivePolicy::decide(const Observation& seen) const {
  Choice choice = choose(seen);
  Decision decision{.why = words(choice, seen), .reason = choice.reason, .bound = bound(choice, seen)};
  decision.work = std::move(choice.work);
  if (choice.serve == Choice::kNone) return decision;
  const plan::Plan& plan = table_->unstressed().estimates[choice.serve].plan;
  if (plan != seen.current) decision.move = plan;
  return decision;
}

std::shared_ptr<const table::Cell> AdaptivePolicy::predict(const Observation& seen) const {
  return std::make_shared<const table::Cell>(cell_of(model_.predict(seen.now, seen.residuals, seen.ratios), seen.now));
}

std::optional<plan::Plan> AdaptivePolicy::preferred(const Observation& seen) const {
  const Choice choice = choose(seen);
  if (choice.best == Choice::kNone) return std::nullopt;
  return table_->unstressed().estimates[choice.best].plan;
}

PolicyKind AdaptivePolicy::kind() const {
  switch (options_.rule) {
    case dispatch::Rule::shortest_queue:
      return PolicyKind::shortest_queue;
    case dispatch::Rule::least_work:
      return PolicyKind::least_work;
    default:
      return PolicyKind::adaptive;
  }
}

dispatch::Offers AdaptivePolicy::offers(const Observation& seen) const {
  dispatch::Offers offers{
      .hysteresis = options_.hysteresis, .rule = options_.rule, .cloud_slots = seen.now.cloud_slots.value_or(1)};
  if (options_.swap_cost > Duration{}) return offers;
  const Choice choice = choose(seen);
  if (choice.reason == Reason::edge_alone)
    offers.plans.push_back(
        offer(model_.predict(seen.now, seen.residuals, seen.ratios).plans[choice.serve], {}, *table_));
  for (std::size_t i = 0; i < choice.costs.size(); ++i) {
    if (!std::isfinite(choice.costs[i])) continue;
    if (i == choice.serve) offers.usual = offers.plans.size();
    offers.plans.push_back(offer(choice.predictions.plans[i], from_seconds(choice.costs[i]), *table_));
  }
  return offers;
}

std::vector<std::string_view> AdaptivePolicy::bound(const Choice& choice, const Observation& seen) const {
  if (choice.free == Choice::kNone || choice.free == choice.best) return {};
  std::vector<std::string_view> names =
      forbidding(constraints_, table_->unstressed().estimates[choice.free].plan, seen.sent_today);
  if (names.empty()) names.emplace_back("the deadline");
  return names;
}

std::string AdaptivePolicy::words(const Choice& choice, const Observation& seen) const {
  if (choice.reason == Reason::edge_alone) return std::string(kEdgeAlone);
  if (choice.reason == Reason::nobody) return std::string(kNobody);
  if (choice.reason == Reason::nothing_allowed) return std::string(kNothingAllowed);
  const predict::Prediction& best =
      choice.predictions.plans[choice.reason == Reason::gain ? choice.serve : choice.best];
  std::string why = fmt::format("{} is predicted at {}", shown(*best.estimate), to_string(best.mean.total()));
  if (choice.reason == Reason::not_allowed)
    why += fmt::format(", and the current {} is not allowed", shown(seen.current));
  else if (choice.reason == Reason::unknown_plan)
    why += fmt::format(", and the table does not have the current {}", shown(seen.current));
  else if (choice.reason != Reason::best) {
    const predict::Prediction& current = choice.predictions.plans[choice.current];
    const std::string from = to_string(current.mean.total()), plan = shown(*current.estimate);
    why += choice.reason == Reason::gain ? fmt::format(" against {} for {}", from, plan)
                                         : fmt::format(", too little below the {} of {} to move", from, plan);
  } else {
    why += ", and no other below that";
  }
  if (const auto ratio = seen.ratios.known(best.estimate->plan); ratio && std::abs(ratio->mean - 1) > kTellingRatio)
    why += fmt::format("; its requests send {:.2g} times the bytes of the table", ratio->mean);
  if (choice.late) why += fmt::format("; no plan keeps the deadline of {}", to_string(*constraints_.deadline));
  if (const auto forbid = bound(choice, seen); !forbid.empty()) {
    const predict::Prediction& free = choice.predictions.plans[choice.free];
    why += fmt::format("; not {} at {}, because of {}", shown(*free.estimate), to_string(free.mean.total()),
                       fmt::join(forbid, " and "));
  }
  if (!choice.predictions.lacking.empty())
    why += fmt::format("; not known: {}", fmt::join(choice.predictions.lacking, ", "));
  return why;
}

}  // namespace tideline::decide
