#include "policy/replay/simulated_agent.h"

#include <algorithm>
#include <utility>

namespace tideline::replay {
namespace {

constexpr double kFirstTick = 0.37;  // Share of a tick: ticks are not in step with requests.

std::size_t index_of(const table::PartitionTable& table, const plan::Plan& plan) {
  const auto& estimates = table.unstressed().estimates;
  return static_cast<std::size_t>(std::ranges::find(estimates, plan, &table::Estimate::plan) - estimates.begin());
}

}  // namespace

SimulatedAgent::SimulatedAgent(const World& world, std::shared_ptr<const decide::Policy> policy, AgentOptions habits)
    : world_(world),
      habits_(habits),
      controller_(std::move(policy), world.shared_table(), world.table().edge_only().cut),
      telemetry_(world.shared_table()),
      link_(world),
      current_(index_of(world.table(), world.table().edge_only())) {
  plan_event(moment(kFirstTick * habits.tick), Kind::tick);
}

void SimulatedAgent::plan_event(TimePoint at, Kind kind, std::size_t request) {
  events_.push({at, planned_++, kind, request});
}

void SimulatedAgent::begin(Seconds at, const std::vector<RequestTimeline>& courses) {
  const TimePoint now = moment(at);
  happen(now);
  if (rehearsal_) end_rehearsal(now, false);
  const std::size_t number = took_.size();
  took_.push_back(0);
  ++pending_;
  Request& request = requests_[number];
  request = {.plan = current_, .course = courses[current_], .began = now};
  if (plan(current_).cut > 0) request.head = telemetry_.head_began(plan(current_), now);
  plan_event(moment(at + request.course.head), Kind::head_done, number);
}

// The next tick is always planned, so there is an event.
void SimulatedAgent::finish() {
  while (pending_ > 0) happen(events_.top().at);
}

void SimulatedAgent::happen(TimePoint until) {
  while (events_.top().at <= until) {
    const Event event = events_.top();
    events_.pop();
    while (const auto sample = link_.next(event.at)) telemetry_.on_link_sample(*sample);
    take(event);
  }
}

void SimulatedAgent::take(const Event& event) {
  if (event.kind == Kind::tick) return tick(event.at);
  if (event.kind == Kind::rehearsal_done) {
    if (rehearsal_ && rehearsal_->ends == event.at) end_rehearsal(event.at, true);
    return;
  }
  const auto found = requests_.find(event.request);
  if (found == requests_.end()) return;
  Request& request = found->second;
  switch (event.kind) {
    case Kind::head_done:
      plan_event(moment(request.course.sent), Kind::ready, event.request);
      return head_done(request, event.at);
    case Kind::ready:
      return ready(request, event.request, event.at);
    case Kind::look:
      return look_at(request, event.request, event.at);
    case Kind::local_done:
      if (request.hedged && !request.done) hedging_.won_here();
      return done(request, event.request, event.at);
    default:
      return answered(request, event.request, event.at);
  }
}

// --- Ticks of the agent -----------------------------------------------------------------------------

void SimulatedAgent::tick(TimePoint now) {
  plan_event(now + from_seconds(habits_.tick), Kind::tick);
  if (rehearsal_ || controller_.rests(activity(), now)) return;
  const control::Controller::Seen seen = look(now);
  if (!rehearse(seen, now)) decide(seen, now);
}

control::Controller::Activity SimulatedAgent::activity() const {
  return {.requests = took_.size() - pending_, .pending = pending_, .peer_up = true};
}

control::Controller::Seen SimulatedAgent::look(TimePoint now) const {
  control::Controller::Seen seen{.told = telemetry_.read(now), .current = plan(current_), .activity = activity()};
  seen.told.now.peer_up = true;
  return seen;
}

void SimulatedAgent::decide(const control::Controller::Seen& seen, TimePoint now) {
  control::Controller::Actions actions = controller_.tick(seen, now);
  if (actions.probe && link_.probe(static_cast<double>(actions.probe->count), seconds(now - TimePoint()))) {
    telemetry_.on_sent();
    counters_.probe_bytes += static_cast<double>(actions.probe->count);
  }
  if (actions.decision.move) {
    current_ = index_of(world_.table(), *actions.decision.move);
    ++counters_.moves;
  }
  hedging_.expect(std::move(actions.forecast));
}

bool SimulatedAgent::computing() const {
  return std::ranges::any_of(requests_, [](const auto& one) { return !one.second.done && one.second.computing; });
}

// Returns true iff a rehearsal begins. The tick continues at its end, since it runs on the agent's thread.
bool SimulatedAgent::rehearse(const control::Controller::Seen& seen, TimePoint now) {
  const control::Rehearsal wanted = controller_.rehearsal(seen, now);
  if (wanted == control::Rehearsal::none) rehearsals_.withdraw(this);
  if (wanted == control::Rehearsal::none || computing()) return false;
  if (!rehearsals_.begin(this, wanted == control::Rehearsal::alarmed, now)) return false;
  const Seconds at = seconds(now - TimePoint());
  const std::size_t index = index_of(world_.table(), *controller_.rehearsed());
  rehearsal_ = {now, now + from_seconds(world_.true_head(index) * world_.slowdown(at))};
  plan_event(rehearsal_->ends, Kind::rehearsal_done);
  return true;
}

// A rehearsal that a request interrupts shows nothing.
void SimulatedAgent::end_rehearsal(TimePoint now, bool complete) {
  const Duration took = now - rehearsal_->began;
  rehearsal_.reset();
  rehearsals_.ended(took, now);
  if (complete) telemetry_.on_head(*controller_.rehearsed(), took, now);
  decide(look(now), now);
}

// --- Requests, as in a session ------------------------------------------------------------------------

void SimulatedAgent::head_done(Request& request, TimePoint now) {
  if (request.head == 0) return;
  telemetry_.head_ended(request.head);
  telemetry_.on_head(plan(request.plan), from_seconds(request.course.head), now);
}

void SimulatedAgent::ready(Request& request, std::size_t number, TimePoint now) {
  if (!world_.sends(request.plan)) return plan_event(moment(request.course.answer), Kind::local_done, number);
  if (hedging_.faster_here(plan(request.plan))) {
    ++counters_.kept_here;
    return plan_event(now + from_seconds(request.course.local), Kind::local_done, number);
  }
  request.computing = false;
  telemetry_.on_encoded(plan(request.plan), Bytes{static_cast<std::uint64_t>(request.course.bytes)}, now);
  telemetry_.on_sent();
  link_.send(request.course);
  request.wait = hedging_.sent(plan(request.plan), now, now + from_seconds(habits_.patience));
  plan_event(request.wait->next(), Kind::look, number);
  plan_event(moment(request.course.answer), Kind::answer, number);
}

void SimulatedAgent::look_at(Request& request, std::size_t number, TimePoint now) {
  if (request.done) return;
  const control::Hedging::Act act = hedging_.look(*request.wait, now, telemetry_.is_stalled(now));
  if (act == control::Hedging::Act::wait) return plan_event(request.wait->next(), Kind::look, number);
  request.hedged = act == control::Hedging::Act::hedge;
  request.computing = true;
  if (rehearsal_) end_rehearsal(now, false);
  plan_event(now + from_seconds(request.course.local), Kind::local_done, number);
}

void SimulatedAgent::answered(Request& request, std::size_t number, TimePoint now) {
  telemetry_.on_tail(plan(request.plan), from_seconds(request.course.tail), now);
  telemetry_.on_cloud_queue(from_seconds(request.course.queue), now);
  request.wait.reset();
  done(request, number, now);
}

// A request that finished here is kept until its answer, which still shows the state of link and cloud.
void SimulatedAgent::done(Request& request, std::size_t number, TimePoint now) {
  if (!std::exchange(request.done, true)) {
    took_[number] = seconds(now - request.began);
    --pending_;
  }
  if (!request.wait) requests_.erase(number);
}

Counters SimulatedAgent::counters() const {
  Counters counters = counters_;
  counters.hedges = hedging_.counters().begun;
  counters.won_here = hedging_.counters().won_here;
  return counters;
}

}  // namespace tideline::replay
