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

std::string doubt(const estimate::TableFit::Verdict& fit) {
  return fit.misfit ? "; the table no longer fits" : "";
}

std::string accuracy_of(const decide::Policy& policy) {
  const std::optional<plan::AccuracyLimit>& accuracy = policy.constraints().accuracy;
  return accuracy ? to_string(*accuracy) : "";
}

}  // namespace

Agent::Agent(Parts parts, Rule rule)
    : parts_(std::move(parts)),
      cooling_(parts_.cooling),
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
  if (controller_.rests(activity, now)) {
    rehearse(control::Rehearsal::none, now);
    return;
  }
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
  if (rehearse(controller_.rehearsal(seen, now), now)) seen.told = parts_.traffic->read(now, seen.told.now);
  return seen;
}

// Runs the whole network if it is cold; else a head, if that is wanted. Returns true iff it ran to its end.
bool Agent::rehearse(control::Rehearsal head, TimePoint now) {
  using Of = Rehearsals::Of;
  Rehearsals& all = parts_.engine->rehearsals();
  const bool cold = is_cold(now), wanted = head != control::Rehearsal::none,
             alarmed = head == control::Rehearsal::alarmed;
  if (!cold) all.withdraw(Of::whole, this);
  if (!wanted) all.withdraw(Of::head, this);
  // Who is alarmed has no time for the whole.
  if (cold && !alarmed && all.begin(Of::whole, this, false, now)) return ended(Of::whole, rehearse_whole(now), now);
  if (!wanted || !all.begin(Of::head, this, alarmed, now)) return false;
  return ended(Of::head, parts_.engine->rehearse(*controller_.rehearsed(), now), now);
}

bool Agent::ended(Rehearsals::Of of, const Result<Engine::Rehearsed>& ran, TimePoint now) {
  parts_.engine->rehearsals().ended(of, ran ? ran->took : Duration{}, now);
  if (!ran) lines_.warn("rehearsal", fmt::format("{}: {}", parts_.engine->name(), ran.error().message));
  return ran && ran->ended;
}

// Only a run right after another shows how fast the edge is.
Result<Engine::Rehearsed> Agent::rehearse_whole(TimePoint now) {
  auto rested = parts_.engine->refresh(now);
  if (!rested || !rested->ended) return rested;
  if (!cooling_.wants_another()) {
    cooling_.learn(rested->took, std::nullopt);
    return rested;
  }
  auto another = parts_.engine->rehearse(parts_.engine->edge_only(), now + rested->took);
  if (!another) return another;
  if (another->ended) cooling_.learn(rested->took, another->took);
  another->took += rested->took;
  return another;
}

bool Agent::is_cold(TimePoint now) const {
  return parts_.engine->model().holds_all() && now - parts_.engine->last_tail() >= cooling_.rest();
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
  actions.decision.why += spread(shares) + doubt(seen.told.fit);
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
                                                      .fit = seen.told.fit,
                                                      .predicted = std::move(actions.predicted),
                                                      .wire_ratio = wire_ratio(seen.told.ratios, plan),
                                                      .ticks = before->ticks + 1,
                                                      .moves = before->moves + (plan != seen.current ? 1 : 0),
                                                      .shares = std::move(shares),
                                                      .load = parts_.engine->load(now)});
  status_.publish(after);
  tell_of_fit(*before, *after);
  if (parts_.on_decision) parts_.on_decision(*after);
}

void Agent::tell_of_fit(const AgentStatus& before, const AgentStatus& after) {
  const std::string& model = parts_.engine->name();
  if (after.fit.misfit && !before.fit.misfit)
    lines_.warn("table_fit", fmt::format("{}: {}", model, to_string(*after.fit.misfit)));
  if (before.fit.misfit && !after.fit.misfit && after.table == before.table)
    lines_.info("table_fit", fmt::format("{}: the table fits again", model));
}

}  // namespace tideline::engine
