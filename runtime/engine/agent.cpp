#include "runtime/engine/agent.h"

#include <fmt/format.h>

#include <numeric>
#include <utility>

namespace tideline::engine {
namespace {

std::optional<double> wire_ratio(const predict::WireRatios& ratios, const plan::Plan& plan) {
  const auto known = ratios.known(plan);
  return known ? std::optional(known->mean) : std::nullopt;
}

// Returns how many of the last requests took other plans than the usual one, because of the load.
std::string spread(const RecentPlans::Counts& shares) {
  if (shares.others == 0) return "";
  return fmt::format("; {} of the last {} requests took other plans", shares.others, shares.all);
}

std::string accuracy_of(const decide::Policy& policy) {
  const std::optional<plan::AccuracyLimit>& accuracy = policy.constraints().accuracy;
  return accuracy ? to_string(*accuracy) : "";
}

}  // namespace

Agent::Agent(Parts parts, Rule rule)
    : parts_(std::move(parts)),
      controller_(rule.policy, rule.table, parts_.engine->model().deepest_cut(), parts_.rehearsing),
      table_(std::move(rule.table)),
      table_fault_(std::move(rule.table_fault)),
      status_(std::make_shared<const AgentStatus>(AgentStatus{.plan = parts_.engine->plan(),
                                                              .why = "no decision yet",
                                                              .accuracy = accuracy_of(*rule.policy),
                                                              .policy = rule.policy->kind(),
                                                              .table = table_,
                                                              .table_fault = table_fault_})) {
  parts_.engine->constrain(rule.policy->constraints());
}

void Agent::follow(Rule rule) {
  parts_.engine->constrain(rule.policy->constraints());
  controller_.follow(std::move(rule.policy), rule.table);
  table_ = std::move(rule.table);
  table_fault_ = std::move(rule.table_fault);
}

void Agent::tick(TimePoint now) {
  const control::Controller::Activity activity = this->activity(now);
  if (controller_.rests(activity, now)) return;
  const control::Controller::Seen seen = look(activity, now);
  control::Controller::Actions actions = controller_.tick(seen, now);
  if (actions.probe) parts_.monitor->probe(*actions.probe, now);
  move(actions.decision);
  parts_.engine->expect(std::move(actions.forecast));
  parts_.engine->offer(std::move(actions.offers));
  publish(seen, std::move(actions), now);
}

control::Controller::Activity Agent::activity(TimePoint now) {
  const Engine::Counters counters = parts_.engine->counters();
  return {.requests = std::accumulate(counters.served.begin(), counters.served.end(), counters.failed),
          .pending = counters.pending,
          .peer_up = parts_.monitor->peer_up(now)};
}

// A rehearsal that is due comes first, so that the decision knows its result.
control::Controller::Seen Agent::look(const control::Controller::Activity& activity, TimePoint now) {
  control::Controller::Seen seen{.told = parts_.monitor->read(now),
                                 .current = parts_.engine->plan(),
                                 .activity = activity,
                                 .sent_today = parts_.traffic->sent_today(now)};
  if (rehearse(seen, now)) seen.told = parts_.traffic->read(now, seen.told.now);
  return seen;
}

// Returns true iff a head ran to its end. The whole network is the head of edge-only, so it tells as much.
bool Agent::rehearse(const control::Controller::Seen& seen, TimePoint now) {
  Rehearsals& all = parts_.engine->rehearsals();
  control::Rehearsal wanted = controller_.rehearsal(seen, now);
  const bool cold = is_cold(now);
  if (cold && wanted == control::Rehearsal::none) wanted = control::Rehearsal::wanted;
  if (wanted == control::Rehearsal::none) all.withdraw(this);
  if (wanted == control::Rehearsal::none || !all.begin(this, wanted == control::Rehearsal::alarmed, now)) return false;
  const auto took = parts_.engine->rehearse(cold ? parts_.engine->edge_only() : *controller_.rehearsed(), now);
  all.ended(took ? *took : Duration{}, now);
  if (!took) lines_.warn("rehearsal", fmt::format("{}: {}", parts_.engine->name(), took.error().message));
  return static_cast<bool>(took);
}

bool Agent::is_cold(TimePoint now) const {
  return parts_.engine->model().holds_all() && control::is_cold(now - parts_.engine->last_tail(), parts_.rehearsing);
}

// On error the plan stays, and the decision says why.
void Agent::move(decide::Decision& decision) {
  if (!decision.move) return;
  if (const auto swapped = parts_.engine->swap(*decision.move)) {
    lines_.info("moved", fmt::format("{}: moved to {}", parts_.engine->name(), decision.why));
  } else {
    decision.why = swapped.error().message;
    lines_.error("not_moved", fmt::format("{}: {}", parts_.engine->name(), decision.why));
  }
}

void Agent::publish(const control::Controller::Seen& seen, control::Controller::Actions actions, TimePoint now) {
  const std::shared_ptr<const AgentStatus> before = status_.acquire();
  const plan::Plan plan = parts_.engine->plan();
  RecentPlans::Counts shares = parts_.engine->recent_plans();
  actions.decision.why += spread(shares);
  const auto after =
      std::make_shared<const AgentStatus>(AgentStatus{.now = seen.told.now,
                                                      .plan = plan,
                                                      .why = std::move(actions.decision.why),
                                                      .reason = actions.decision.reason,
                                                      .bound = std::move(actions.decision.bound),
                                                      .accuracy = accuracy_of(controller_.policy()),
                                                      .policy = controller_.policy().kind(),
                                                      .table = table_,
                                                      .table_fault = table_fault_,
                                                      .predicted = std::move(actions.predicted),
                                                      .wire_ratio = wire_ratio(seen.told.ratios, plan),
                                                      .ticks = before->ticks + 1,
                                                      .moves = before->moves + (plan != seen.current ? 1 : 0),
                                                      .shares = std::move(shares),
                                                      .load = parts_.engine->load(now)});
  status_.publish(after);
  if (parts_.on_decision) parts_.on_decision(*after);
}

}  // namespace tideline::engine
