#include "policy/replay/simulated_agent.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

namespace tideline::replay {
namespace {

constexpr std::string_view kModel = "model";  // The dispatcher's name of the only one.
constexpr double kFirstTick = 0.37;           // Share of a tick: ticks are not in step with requests.

std::size_t index_of(const table::PartitionTable& table, const plan::Plan& plan) {
  const auto& estimates = table.unstressed().estimates;
  return static_cast<std::size_t>(std::ranges::find(estimates, plan, &table::Estimate::plan) - estimates.begin());
}

Seconds since_start(TimePoint now) {
  return seconds(now - TimePoint());
}

}  // namespace

SimulatedAgent::SimulatedAgent(const World& world, std::shared_ptr<const table::PartitionTable> known,
                               std::shared_ptr<const decide::Policy> policy, AgentOptions habits)
    : world_(world),
      habits_(habits),
      controller_(std::move(policy), known, known->edge_only().cut),
      telemetry_(known),
      dispatcher_(world.setting().slots),
      link_(world),
      machines_(world),
      current_(index_of(world.table(), world.table().edge_only())) {
  plan_event(moment(kFirstTick * habits.tick), Kind::tick);
}

void SimulatedAgent::plan_event(TimePoint at, Kind kind, std::size_t request) {
  events_.push({at, planned_++, kind, request});
}

void SimulatedAgent::begin(Seconds at, const Dice& dice) {
  const TimePoint now = moment(at);
  happen(now);
  if (rehearsal_) end_rehearsal(now, false);
  const std::size_t number = took_.size();
  took_.push_back(0);
  ++pending_;
  const auto within = habits_.deadline ? std::optional(from_seconds(*habits_.deadline)) : std::nullopt;
  const dispatch::Dispatcher::Assignment assigned =
      dispatcher_.begin({.model = kModel, .within = within, .strict = false}, now);
  if (assigned.refused) return refuse();
  const std::size_t plan = assigned.offer ? index_of(world_.table(), assigned.offer->plan) : current_;
  requests_[number] = {.plan = plan, .ticket = assigned.ticket, .began = now};
  if (within) requests_[number].deadline = now + *within;
  machines_.begin(number, {plan, dice}, at);
}

void SimulatedAgent::refuse() {
  took_.back() = std::numeric_limits<Seconds>::infinity();
  --pending_;
}

// The next tick is always planned, so there is an event.
void SimulatedAgent::finish() {
  while (pending_ > 0) happen(machines_are_next() ? moment(*machines_.next()) : events_.top().at);
}

bool SimulatedAgent::machines_are_next() const {
  return machines_.next() && moment(*machines_.next()) <= events_.top().at;
}

void SimulatedAgent::happen(TimePoint until) {
  const auto learn = [this](TimePoint now) {
    while (const auto sample = link_.next(now)) telemetry_.on_link_sample(*sample);
  };
  for (;;) {
    if (machines_are_next()) {
      const TimePoint at = moment(*machines_.next());
      if (at > until) return;
      learn(at);
      take(machines_.take());
      continue;
    }
    if (events_.top().at > until) return;
    const Event event = events_.top();
    events_.pop();
    learn(event.at);
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
  if (found != requests_.end()) look_at(found->second, event.request, event.at);
}

void SimulatedAgent::take(const Machines::Event& event) {
  const auto found = requests_.find(event.request);
  if (found == requests_.end()) return;
  Request& request = found->second;
  const TimePoint now = moment(event.at);
  switch (event.step) {
    case Machines::Step::head_begins:
      return head_begins(request, now);
    case Machines::Step::head_done:
      return head_done(request, event.request, now);
    case Machines::Step::left_edge:
      return ready(request, event.request, now);
    case Machines::Step::upload_begins:
      return link_.begin_upload(machines_.course(event.request));
    case Machines::Step::tail_begins:
      return link_.answer(machines_.course(event.request));
    case Machines::Step::done_here:
      if (request.hedged && !request.done) hedging_.won_here();
      if (request.wait) hedging_.on_tail_here(plan(request.plan), from_seconds(machines_.course(event.request).local));
      return done(request, event.request, now);
    case Machines::Step::answered:
      return answered(request, event.request, now);
    default:
      return;
  }
}

// --- Ticks of the agent -----------------------------------------------------------------------------

void SimulatedAgent::tick(TimePoint now) {
  plan_event(now + from_seconds(habits_.tick), Kind::tick);
  account(now);
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
  seen.told.now.cloud_slots = world_.setting().slots.cloud;
  return seen;
}

void SimulatedAgent::decide(const control::Controller::Seen& seen, TimePoint now) {
  control::Controller::Actions actions = controller_.tick(seen, now);
  if (actions.probe && link_.probe(static_cast<double>(actions.probe->count), since_start(now))) {
    telemetry_.on_sent();
    counters_.probe_bytes += static_cast<double>(actions.probe->count);
  }
  if (actions.decision.move) {
    current_ = index_of(world_.table(), *actions.decision.move);
    ++counters_.moves;
  }
  hedging_.expect(std::move(actions.forecast));
  dispatcher_.offer(kModel, std::move(actions.offers));
}

void SimulatedAgent::account(TimePoint now) {
  if (const auto& work = world_.setting().work) dispatcher_.account({.process = process_, .cores = work->cores}, now);
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
  const Seconds at = since_start(now);
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
  if (complete) {
    telemetry_.on_head_waited(world_.waited(since_start(now)));
    telemetry_.on_head(*controller_.rehearsed(), took, now);
  }
  decide(look(now), now);
}

// --- Requests, as in a session ------------------------------------------------------------------------

void SimulatedAgent::head_begins(Request& request, TimePoint now) {
  if (plan(request.plan).cut > 0) request.head = telemetry_.head_began(plan(request.plan), now);
}

void SimulatedAgent::head_done(Request& request, std::size_t number, TimePoint now) {
  if (request.head == 0) return;
  telemetry_.head_ended(request.head);
  telemetry_.on_head_waited(world_.waited(since_start(now)));
  telemetry_.on_head(plan(request.plan), from_seconds(machines_.course(number).head), now);
}

void SimulatedAgent::ready(Request& request, std::size_t number, TimePoint now) {
  const dispatch::Waits waits = dispatcher_.sends(request.ticket, now, hedging_.rest(plan(request.plan)));
  if (hedging_.faster_here(plan(request.plan), waits)) {
    ++counters_.kept_here;
    return run_here(request, number, now);
  }
  request.computing = false;
  const RequestTimeline& course = machines_.course(number);
  telemetry_.on_encoded(plan(request.plan), Bytes{static_cast<std::uint64_t>(course.bytes)}, now);
  telemetry_.on_sent();
  const TimePoint until = now + waits.there + from_seconds(habits_.patience);
  request.wait = hedging_.sent(plan(request.plan), now, std::min(until, request.deadline.value_or(until)), waits,
                               request.deadline);
  plan_event(request.wait->next(), Kind::look, number);
  machines_.send(number, course.sent);
}

void SimulatedAgent::look_at(Request& request, std::size_t number, TimePoint now) {
  if (request.done) return;
  const control::Hedging::Act act = hedging_.look(
      *request.wait, now, {.stalled = telemetry_.is_stalled(now), .edge_free = dispatcher_.edge_free(now)});
  if (act == control::Hedging::Act::wait) return plan_event(request.wait->next(), Kind::look, number);
  request.hedged = act == control::Hedging::Act::hedge;
  request.computing = true;
  if (rehearsal_) end_rehearsal(now, false);
  run_here(request, number, now);
}

void SimulatedAgent::run_here(Request& request, std::size_t number, TimePoint now) {
  request.ran_here = true;
  dispatcher_.runs_here(request.ticket, hedging_.rest(plan(request.plan)).value_or(dispatch::Rest{}).here, now);
  machines_.run_here(number, since_start(now));
}

void SimulatedAgent::answered(Request& request, std::size_t number, TimePoint now) {
  const RequestTimeline& course = machines_.course(number);
  telemetry_.on_tail(plan(request.plan), from_seconds(course.tail), now);
  telemetry_.on_cloud_queue(from_seconds(course.queue), now);
  request.wait.reset();
  done(request, number, now);
}

// A request that finished here is kept until its answer, which still shows the state of link and cloud; unless its
// upload has not begun.
void SimulatedAgent::done(Request& request, std::size_t number, TimePoint now) {
  if (!std::exchange(request.done, true)) {
    took_[number] = seconds(now - request.began);
    --pending_;
    if (const auto& work = world_.setting().work) {
      const Duration computed = world_.computed(request.plan);
      dispatcher_.worked(request.ran_here ? nullptr : &plan(request.plan), computed);
      process_ += computed + work->rest;
    }
    dispatcher_.end(request.ticket, now);
    if (!machines_.stop(number, since_start(now))) request.wait.reset();
  }
  if (request.wait) return;
  machines_.forget(number);
  requests_.erase(number);
}

Counters SimulatedAgent::counters() const {
  Counters counters = counters_;
  counters.hedges = hedging_.counters().begun;
  counters.won_here = hedging_.counters().won_here;
  return counters;
}

}  // namespace tideline::replay
