#include "runtime/engine/agent.h"

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

}  // namespace

Agent::Agent(Parts parts, Rule rule)
    : parts_(std::move(parts)),
      rule_(std::move(rule)),
      rehearsed_(shortest_head(rule_.table.get(), parts_.engine->model())),
      status_(std::make_shared<const AgentStatus>(AgentStatus{
          .plan = parts_.engine->plan(), .why = "no decision yet", .policy = rule_.name, .table = rule_.table})) {}

void Agent::follow(Rule rule) {
  rule_ = std::move(rule);
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

  Decision decision = rule_.policy->decide({after.now, parts_.engine->plan(), parts_.traffic->read(now).residuals});
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
