#include "policy/replay/machines.h"

#include <algorithm>
#include <utility>

namespace tideline::replay {

dispatch::Demand demand_of(const World& world, std::size_t plan, const Dice& dice, Seconds at) {
  const RequestTimeline alone = world.course(plan, dice, at);
  const Duration occupies = from_seconds(world.occupies(plan, dice, at));
  if (!world.sends(plan)) return {.edge = std::max(occupies, from_seconds(alone.answer - at))};
  dispatch::Demand demand{.uplink = from_seconds(alone.uploaded - alone.sent),
                          .queue = from_seconds(alone.queue),
                          .cloud = from_seconds(alone.tail),
                          .rest = from_seconds(alone.rest)};
  (world.computes_here(plan) ? demand.edge : demand.rest) += from_seconds(alone.sent - at);
  if (world.computes_here(plan)) demand.edge = std::max(demand.edge, occupies);
  return demand;
}

Machines::Machines(const World& world)
    : world_(world), edge_(world.setting().slots.edge), uplink_(1), cloud_(world.setting().slots.cloud) {}

void Machines::come(Job& job, Where where, Seconds at) {
  job.where = where;
  job.since = at;
  job.ends.reset();
}

void Machines::begin(std::size_t request, const Asked& asked, Seconds at) {
  jobs_[request] = {.asked = asked, .since = at};
  if (!world_.computes_here(asked.plan)) return use_edge(request, work_beside(asked, at));
  if (edge_.enter(request)) use_edge(request, std::max(at, beside_until_));
}

void Machines::send(std::size_t request, Seconds at) {
  Job& job = jobs_.at(request);
  come(job, Where::uplink, at);
  job.answers = true;
  if (uplink_.enter(request)) upload(request, at);
}

// A tail here may be of a request that was sent; then its answer may still come.
void Machines::run_here(std::size_t request, Seconds at) {
  come(jobs_.at(request), Where::tail_here, at);
  if (edge_.enter(request)) use_edge(request, std::max(at, beside_until_));
}

bool Machines::stop(std::size_t request, Seconds at) {
  Job& job = jobs_.at(request);
  if (job.where == Where::tail_here) {
    if (job.ends) {
      job.occupies_until = std::min(job.occupies_until, at);
      leave_edge(request, at);
    } else {
      edge_.withdraw(request);
    }
    come(job, Where::gone, at);
  }
  if (uplink_.withdraw(request)) job.answers = false;
  return job.answers;
}

// The slot is free once the edge has done all that the request takes in the long run, and what came beside it.
void Machines::leave_edge(std::size_t request, Seconds at) {
  const Seconds free = std::max(at, jobs_.at(request).occupies_until) + std::exchange(beside_, 0);
  if (free > at) return plan(free, Step::edge_free, request);
  free_edge(at);
}

void Machines::free_edge(Seconds at) {
  if (const auto next = edge_.leave()) use_edge(*next, at);
}

Seconds Machines::work_beside(const Asked& asked, Seconds at) {
  const Seconds work = world_.occupies(asked.plan, asked.dice, at);
  if (!edge_.has_free()) return beside_ += work, at;
  const Seconds begins = std::max(at, beside_until_);
  beside_until_ = begins + work;
  return begins;
}

void Machines::leave_uplink(Seconds at) {
  if (const auto next = uplink_.leave()) upload(*next, at);
}

void Machines::use_edge(std::size_t request, Seconds at) {
  Job& job = jobs_.at(request);
  if (job.where == Where::tail_here) {
    job.ends = at + job.course.local;
    job.occupies_until = at + world_.tail_occupies(job.asked.plan, job.asked.dice, at);
    return plan(*job.ends, Step::done_here, request);
  }
  job.course = world_.begin_head(job.asked.plan, job.asked.dice, at);
  job.ends = world_.sends(job.asked.plan) ? job.course.sent : job.course.answer;
  job.occupies_until = at + world_.occupies(job.asked.plan, job.asked.dice, at);
  plan(at, Step::head_begins, request);
  plan(at + job.course.head, Step::head_done, request);
  plan(*job.ends, world_.sends(job.asked.plan) ? Step::left_edge : Step::done_here, request);
}

void Machines::upload(std::size_t request, Seconds at) {
  Job& job = jobs_.at(request);
  world_.begin_upload(job.course, at);
  if (job.where == Where::uplink) job.ends = job.course.uploaded;
  plan(at, Step::upload_begins, request);
  plan(job.course.uploaded, Step::uploaded, request);
}

void Machines::run_tail(std::size_t request, Seconds at) {
  Job& job = jobs_.at(request);
  world_.begin_tail(job.course, at);
  if (job.where == Where::cloud) job.ends = at + job.course.tail;
  plan(at, Step::tail_begins, request);
  plan(at + job.course.tail, Step::left_cloud, request);
  plan(job.course.answer, Step::answered, request);
}

Machines::Event Machines::take() {
  const Event event = events_.top();
  events_.pop();
  if (event.step == Step::edge_free) free_edge(event.at);
  const auto found = jobs_.find(event.request);
  if (event.step == Step::left_cloud)
    if (const auto next = cloud_.leave()) run_tail(*next, event.at);
  if (found == jobs_.end()) return event;
  Job& job = found->second;
  switch (event.step) {
    case Step::left_edge:
      if (world_.computes_here(job.asked.plan)) leave_edge(event.request, event.at);
      break;
    case Step::done_here:
      if (job.where != Where::gone) leave_edge(event.request, event.at);
      come(job, Where::gone, event.at);
      break;
    case Step::uploaded:
      leave_uplink(event.at);
      if (job.where == Where::uplink) come(job, Where::cloud, event.at);
      plan(event.at + job.course.queue, Step::at_cloud, event.request);
      break;
    case Step::at_cloud:
      if (job.where == Where::cloud) job.since = event.at;
      if (cloud_.enter(event.request)) run_tail(event.request, event.at);
      break;
    case Step::answered:
      job.answers = false;
      break;
    default:
      break;
  }
  return event;
}

std::vector<dispatch::Remaining> Machines::remaining(Seconds at) const {
  std::vector<std::pair<Seconds, dispatch::Remaining>> all;
  for (const auto& [request, job] : jobs_)
    if (job.where != Where::gone) all.emplace_back(job.since, dispatch::Remaining{.needs = left(job, at)});
  std::ranges::stable_sort(all, {}, [](const auto& one) { return one.first; });
  std::vector<dispatch::Remaining> remaining;
  remaining.reserve(all.size());
  for (const auto& one : all) remaining.push_back(one.second);
  return remaining;
}

// A stage that has not begun takes as long as if it began now.
dispatch::Demand Machines::left(const Job& job, Seconds at) const {
  const auto rest_of = [&](Duration whole) { return job.ends ? from_seconds(std::max(0.0, *job.ends - at)) : whole; };
  if (job.where == Where::tail_here) return {.edge = rest_of(from_seconds(job.course.local))};
  if (job.where == Where::edge) {
    dispatch::Demand demand = demand_of(world_, job.asked.plan, job.asked.dice, at);
    if (world_.computes_here(job.asked.plan)) demand.edge = rest_of(demand.edge);
    return demand;
  }
  const RequestTimeline& course = job.course;
  dispatch::Demand demand{.cloud = from_seconds(course.tail), .rest = from_seconds(course.rest)};
  if (job.where == Where::cloud) {
    demand.queue = from_seconds(std::max(0.0, course.uploaded + course.queue - at));
    demand.cloud = rest_of(demand.cloud);
    return demand;
  }
  demand.uplink = rest_of(from_seconds(world_.upload(course.bytes, at) - at));
  demand.queue = from_seconds(course.queue);
  return demand;
}

}  // namespace tideline::replay
