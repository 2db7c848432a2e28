#include "runtime/engine/agent.h"

#include "policy/prediction.h"

#include <spdlog/spdlog.h>

namespace tideline {
namespace {

// A head shorter than this says more about the timer than about the machine.
constexpr Duration kTellingHead = std::chrono::milliseconds(1);

std::optional<Plan> shortest_head(const PartitionTable* table, const Model& model) {
  if (!table) return std::nullopt;
  const Estimate* shortest = nullptr;
  for (const Estimate& e : table->unstressed().estimates)
    if (e.plan.cut <= model.deepest_cut() && e.mean.head >= kTellingHead &&
        (!shortest || e.mean.head < shortest->mean.head))
      shortest = &e;
  return shortest ? std::optional(shortest->plan) : std::nullopt;
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

std::optional<Races::Expected> expected(const AgentStatus& status) {
  if (!status.predicted) return std::nullopt;
  const auto rest = rest_of(status.plan, *status.predicted, status.table->edge_only());
  if (!rest) return std::nullopt;
  return Races::Expected{status.plan, rest->remote, rest->local};
}

}  // namespace

Agent::Agent(Parts parts, Rule rule)
    : parts_(std::move(parts)),
      rule_(std::move(rule)),
      model_(model_of(rule_.table)),
      rehearsed_(shortest_head(rule_.table.get(), parts_.engine->model())),
      status_(std::make_shared<const AgentStatus>(AgentStatus{
          .plan = parts_.engine->plan(), .why = "no decision yet", .policy = rule_.name, .table = rule_.table})) {
  parts_.engine->constrain(rule_.constraints);
}

void Agent::follow(Rule rule) {
  rule_ = std::move(rule);
  parts_.engine->constrain(rule_.constraints);
  model_ = model_of(rule_.table);
  rehearsed_ = shortest_head(rule_.table.get(), parts_.engine->model());
}

void Agent::tick(TimePoint now) {
  rehearse(now);
  const std::shared_ptr<const AgentStatus> before = status_.acquire();
  AgentStatus after{.now = parts_.monitor->sample(now),
                    .policy = rule_.name,
                    .table = rule_.table,
                    .ticks = before->ticks + 1,
                    .moves = before->moves};

  const HeadResiduals residuals = parts_.traffic->read(now).residuals;
  after.predicted = predicted_by(rule_, model_.get(), after.now, residuals);
  Decision decision = rule_.policy->decide({after.now, parts_.engine->plan(), residuals});
  if (decision.move) {
    if (const auto swapped = parts_.engine->swap(*decision.move)) {
      ++after.moves;
      parts_.log->info("{}: moved to {}", parts_.engine->name(), decision.why);
    } else {
      decision.why = swapped.error().message;
      parts_.log->error("{}: {}", parts_.engine->name(), swapped.error().message);
    }
  }
  after.plan = parts_.engine->plan();
  parts_.engine->expect(expected(after));
  after.why = std::move(decision.why);
  status_.publish(std::make_shared<const AgentStatus>(std::move(after)));
}

// Requests that are under way tell by themselves, and a rehearsal would have to wait for them.
void Agent::rehearse(TimePoint now) const {
  if (!rehearsed_ || parts_.engine->counters().pending > 0) return;
  const std::optional<TimePoint> last = parts_.traffic->read(now).last_head;
  if (last && now - *last < parts_.rehearse_after) return;
  if (const auto done = parts_.engine->rehearse(*rehearsed_); !done)
    parts_.log->warn("{}: {}", parts_.engine->name(), done.error().message);
}

}  // namespace tideline
