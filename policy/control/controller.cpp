#include "policy/control/controller.h"

#include "policy/predict/calibration.h"
#include "policy/predict/prediction.h"

#include <algorithm>
#include <utility>

namespace tideline::control {
namespace {

constexpr Duration kLongestRest = std::chrono::seconds(2);
constexpr int kRestOfIdle = 10;  // A rest lasts a tenth of the idle time.

std::optional<plan::Plan> rehearsed_plan(const table::PartitionTable* table, std::uint32_t deepest) {
  const auto index = table ? predict::rehearsed(*table, deepest) : std::nullopt;
  return index ? std::optional(table->unstressed().estimates[*index].plan) : std::nullopt;
}

}  // namespace

Controller::Controller(std::shared_ptr<const decide::Policy> policy, std::shared_ptr<const table::PartitionTable> table,
                       std::uint32_t deepest_cut, RehearsalTimes rehearsing)
    : deepest_cut_(deepest_cut), rehearsing_(rehearsing) {
  follow(std::move(policy), std::move(table));
}

void Controller::follow(std::shared_ptr<const decide::Policy> policy,
                        std::shared_ptr<const table::PartitionTable> table) {
  policy_ = std::move(policy);
  table_ = std::move(table);
  rehearsed_ = rehearsed_plan(table_.get(), deepest_cut_);
  work_ = {};
  last_tick_.reset();
}

bool Controller::rests(const Activity& activity, TimePoint now) {
  const bool asked = activity.requests != decided_requests_ || activity.pending > 0;
  if (asked || !last_request_) last_request_ = now;
  const Duration rest = std::min(kLongestRest, (now - *last_request_) / kRestOfIdle);
  if (last_tick_ && now - *last_tick_ < rest && activity.peer_up == peer_up_) return true;
  last_tick_ = now;
  peer_up_ = activity.peer_up;
  return false;
}

Rehearsal Controller::rehearsal(const Seen& seen, TimePoint now) {
  const std::optional<TimePoint>& last = seen.told.last_head;
  if (last && (!last_head_ || *last > *last_head_)) at_last_head_ = seen.told.now;
  last_head_ = last;
  if (!rehearsed_) return Rehearsal::none;
  const auto since = last ? std::optional(now - *last) : std::nullopt;
  return tideline::control::rehearsal(*policy_, observation(seen), since, at_last_head_, rehearsing_);
}

Controller::Actions Controller::tick(const Seen& seen, TimePoint now) {
  decide::Observation observation = this->observation(seen);
  decided_requests_ = seen.activity.requests;
  Actions actions;
  actions.probe = probe(observation, seen, now);
  actions.decision = policy_->decide(observation);
  work_ = actions.decision.work;
  actions.predicted = policy_->predict(observation);
  actions.forecast = forecast(actions.predicted.get());
  if (actions.decision.move) observation.current = *actions.decision.move;
  actions.offers = policy_->offers(observation);
  return actions;
}

decide::Observation Controller::observation(const Seen& seen) const {
  return {.now = seen.told.now,
          .current = seen.current,
          .residuals = seen.told.residuals,
          .ratios = seen.told.ratios,
          .sent_today = seen.sent_today,
          .work = work_,
          .requests = static_cast<double>(seen.activity.requests - decided_requests_)};
}

std::optional<Bytes> Controller::probe(const decide::Observation& observation, const Seen& seen, TimePoint now) {
  if (!observation.now.peer_up.value_or(false)) return std::nullopt;
  const ProbeGate::Link link{seen.told.last_uplink, seen.told.uploading};
  const Bytes size = probe_size(observation.now.uplink, seen.told.uplink_is_bound);
  return probes_.open(*policy_, observation, link, size, now) ? std::optional(size) : std::nullopt;
}

Hedging::Forecast Controller::forecast(const table::Cell* predicted) const {
  Hedging::Forecast forecast{.plan_is_held = policy_->kind() == decide::PolicyKind::fixed};
  if (!predicted || !table_) return forecast;
  const plan::Plan edge_only = table_->edge_only();
  for (const table::Estimate& e : predicted->estimates)
    forecast.plans.push_back({e.plan, e.mean.total(), predict::remaining_time(e.plan, *predicted, edge_only)});
  return forecast;
}

}  // namespace tideline::control
