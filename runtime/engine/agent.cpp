#include "runtime/engine/agent.h"

#include "policy/calibration.h"
#include "policy/prediction.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace tideline {
namespace {

constexpr Duration kLongestRest = std::chrono::seconds(2);
constexpr int kRestOfIdle = 10;  // After so many times as long without a request.

std::optional<Plan> rehearsed_plan(const PartitionTable* table, std::uint32_t deepest) {
  const auto place = table ? rehearsed(*table, deepest) : std::nullopt;
  return place ? std::optional(table->unstressed().estimates[*place].plan) : std::nullopt;
}

std::unique_ptr<const AdditiveModel> model_of(const std::shared_ptr<const PartitionTable>& table) {
  return table ? std::make_unique<const AdditiveModel>(table) : nullptr;
}

// As the policy predicts: by the nearest cell, or by terms.
std::shared_ptr<const Cell> predicted_by(const Agent::Rule& rule, const AdditiveModel* model, const Conditions& now,
                                         const HeadResiduals& residuals) {
  if (!model) return nullptr;
  if (rule.name == "table")
    return std::make_shared<const Cell>(predicted(rule.table->nearest(now), now, rule.table->edge_only().cut));
  return std::make_shared<const Cell>(cell_of(model->predict(now, residuals), now));
}

Races::Forecast forecast(const AgentStatus& status) {
  Races::Forecast forecast{.held = status.policy == "static"};
  if (!status.predicted) return forecast;
  const Plan edge_only = status.table->edge_only();
  for (const Estimate& e : status.predicted->estimates)
    forecast.plans.push_back({e.plan, e.mean.total(), rest_of(e.plan, *status.predicted, edge_only)});
  return forecast;
}

std::uint64_t requests(const Engine::Counters& counters) {
  return std::accumulate(counters.served.begin(), counters.served.end(), counters.failed);
}

}  // namespace

Agent::Agent(Parts parts, Rule rule)
    : parts_(std::move(parts)),
      rule_(std::move(rule)),
      model_(model_of(rule_.table)),
      rehearsed_(rehearsed_plan(rule_.table.get(), parts_.engine->model().deepest_cut())),
      status_(std::make_shared<const AgentStatus>(AgentStatus{.plan = parts_.engine->plan(),
                                                              .why = "no decision yet",
                                                              .policy = rule_.name,
                                                              .table = rule_.table,
                                                              .table_fault = rule_.table_fault})) {
  parts_.engine->constrain(rule_.policy->constraints());
}

void Agent::follow(Rule rule) {
  rule_ = std::move(rule);
  parts_.engine->constrain(rule_.policy->constraints());
  model_ = model_of(rule_.table);
  rehearsed_ = rehearsed_plan(rule_.table.get(), parts_.engine->model().deepest_cut());
  work_ = {};
  last_tick_.reset();
}

// Many models that nobody asks would else take a good part of a small machine.
bool Agent::rests(TimePoint now) {
  const Engine::Counters counters = parts_.engine->counters();
  if (!last_asked_ || counters.pending > 0 || requests(counters) != served_) last_asked_ = now;
  const std::optional<bool> up = parts_.monitor->peer_up(now);
  const Duration rest = std::min(kLongestRest, (now - *last_asked_) / kRestOfIdle);
  if (last_tick_ && now - *last_tick_ < rest && up == peer_up_) return true;
  last_tick_ = now;
  peer_up_ = up;
  return false;
}

void Agent::tick(TimePoint now) {
  if (rests(now)) return;
  const std::shared_ptr<const AgentStatus> before = status_.acquire();
  const Observation seen = look(now);
  probe(seen, now);
  const Decision decision = decide(seen);
  const bool moved = parts_.engine->plan() != seen.current;
  AgentStatus after{.now = seen.now,
                    .plan = parts_.engine->plan(),
                    .why = decision.why,
                    .reason = decision.reason,
                    .bound = decision.bound,
                    .policy = rule_.name,
                    .table = rule_.table,
                    .table_fault = rule_.table_fault,
                    .predicted = predicted_by(rule_, model_.get(), seen.now, seen.residuals),
                    .ticks = before->ticks + 1,
                    .moves = before->moves + (moved ? 1 : 0)};
  parts_.engine->expect(forecast(after));
  const auto published = std::make_shared<const AgentStatus>(std::move(after));
  status_.publish(published);
  if (parts_.on_decision) parts_.on_decision(*published);
}

// A rehearsal that is due comes first, so that the decision knows of it.
Observation Agent::look(TimePoint now) {
  Observation seen{.now = parts_.monitor->sample(now), .current = parts_.engine->plan()};
  seen.work = work_;
  const std::uint64_t served = requests(parts_.engine->counters());
  seen.requests = static_cast<double>(served - std::exchange(served_, served));
  hear(seen, now);
  if (rehearse(seen, now)) hear(seen, now);
  return seen;
}

// What heads and transfers have told.
void Agent::hear(Observation& seen, TimePoint now) {
  const Traffic::Reading told = parts_.traffic->read(now);
  if (told.last_head && (!last_head_ || *told.last_head > *last_head_)) at_last_head_ = seen.now;
  last_head_ = told.last_head;
  seen.now.edge_slowdown = told.edge_slowdown;
  seen.residuals = told.residuals;
  seen.sent_today = told.sent_today;
}

// Returns true iff one was run, to its end or not.
bool Agent::rehearse(const Observation& seen, TimePoint now) {
  Rehearsals& all = parts_.engine->rehearsals();
  const auto since = last_head_ ? std::optional(now - *last_head_) : std::nullopt;
  const Rehearsal wanted =
      rehearsed_ ? rehearsal(*rule_.policy, seen, since, at_last_head_, parts_.rehearsing) : Rehearsal::none;
  if (wanted == Rehearsal::none) all.withdraw(this);
  if (wanted == Rehearsal::none || !all.begin(this, wanted == Rehearsal::alarmed, now)) return false;
  const auto took = parts_.engine->rehearse(*rehearsed_, now);
  all.ended(took ? *took : Duration{}, now);
  if (!took) lines_.warn("rehearsal", fmt::format("{}: {}", parts_.engine->name(), took.error().message));
  return static_cast<bool>(took);
}

void Agent::probe(const Observation& seen, TimePoint now) {
  if (!seen.now.peer_up.value_or(false)) return;
  const bool uploading = seen.current.cut != parts_.engine->model().last_cut() && parts_.engine->counters().pending > 0;
  const ProbeGate::Link link{parts_.traffic->read(now).last_uplink, uploading};
  const Bytes size = probe_size(seen.now.uplink);
  if (gate_.open(*rule_.policy, seen, link, size, now)) parts_.monitor->probe(size, now);
}

// Moves, too. On error the plan stays, and the decision says why.
Decision Agent::decide(const Observation& seen) {
  Decision decision = rule_.policy->decide(seen);
  work_ = decision.work;
  if (!decision.move) return decision;
  if (const auto swapped = parts_.engine->swap(*decision.move)) {
    lines_.info("moved", fmt::format("{}: moved to {}", parts_.engine->name(), decision.why));
  } else {
    decision.why = swapped.error().message;
    lines_.error("not_moved", fmt::format("{}: {}", parts_.engine->name(), decision.why));
  }
  return decision;
}

}  // namespace tideline
