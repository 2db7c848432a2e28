#include "policy/replay/machines.h"

#include <algorithm>
#include <utility>

namespace tideline::replay {

dispatch::Demand demand_of(const World& world, std::size_t plan, const Dice& dice, Seconds at) {
  const RequestTimeline alone = world.course(plan, dice, at);
  const Duration occupies = from_seconds(world.occupies(plan, dice, at));
  if (!world.sends(plan)) return {.edge = from_seconds(alone.answer - at), .occupies = occupies};
  dispatch::Demand demand{.uplink = from_seconds(alone.uploaded - alone.sent),
                          .queue = from_seconds(alone.queue),
                          .cloud = from_seconds(alone.tail),
                          .rest = from_seconds(alone.rest),
                          .occupies = occupies};
  (world.computes_here(plan) ? demand.edge : demand.rest) += from_seconds(alone.sent - at);
  return demand;
}

Machines::Machines(const World& world)
    : world_(world), edge_(world.setting().slots.edge), uplink_(1), cloud_(world.setting().slots.cloud), owed_(world) {}

void Machines::come(Job& job, Where where, Seconds at) {
  job.where = where;
  job.since = at;
  job.ends.reset();
}

void Machines::begin(std::size_t request, const Asked& asked, Seconds at) {
  jobs_[request] = {.asked = asked, .since = at};
  if (!world_.computes_here(asked.plan) || edge_.enter(request)) use_edge(request, owed_.begins(at));
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
  if (edge_.enter(request)) use_edge(request, owed_.begins(at));
}

bool Machines::stop(std::size_t request, Seconds at) {
  Job& job = jobs_.at(request);
  if (job.where == Where::tail_here) {
    if (job.ends) {
      job.occupies *= 1 - left_here(job, at);
      leave_edge(request, at);
    } else {
      edge_.withdraw(request);
    }
    come(job, Where::gone, at);
  }
  if (uplink_.withdraw(request)) job.answers = false;
  return job.answers;
}

void Machines::leave_edge(std::size_t request, Seconds at) {
  const Job& job = jobs_.at(request);
  owed_.add(job.began, job.occupies);
  free_edge(request, at);
}

// The next one begins once the edge owes little enough.
void Machines::free_edge(std::size_t request, Seconds at) {
  const Seconds free = owed_.begins(at);
  if (free > at) return plan(free, Step::edge_free, request);
  if (const auto next = edge_.leave()) use_edge(*next, at);
}

double Machines::left_here(const Job& job, Seconds at) {
  const Seconds whole = *job.ends - job.began;
  return whole > 0 ? std::clamp((*job.ends - at) / whole, 0.0, 1.0) : 0;
}

void Machines::leave_uplink(Seconds at) {
  if (const auto next = uplink_.leave()) upload(*next, at);
}

void Machines::use_edge(std::size_t request, Seconds at) {
  Job& job = jobs_.at(request);
  job.began = at;
  if (job.where == Where::tail_here) {
    job.ends = at + job.course.local;
    job.occupies = world_.tail_occupies(job.asked.plan, job.asked.dice, at);
    return plan(*job.ends, Step::done_here, request);
  }
  job.course = world_.begin_head(job.asked.plan, job.asked.dice, at);
  job.ends = world_.sends(job.asked.plan) ? job.course.sent : job.course.answer;
  job.occupies = world_.occupies(job.asked.plan, job.asked.dice, at);
  if (!world_.computes_here(job.asked.plan)) owed_.add(at, job.occupies);
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
  if (event.step == Step::edge_free) free_edge(event.request, event.at);
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
    if (job.where != Where::gone)
      all.emplace_back(job.since, dispatch::Remaining{.needs = left(job, at), .runs = runs_here(job)});
  std::ranges::stable_sort(all, {}, [](const auto& one) { return one.first; });
  std::vector<dispatch::Remaining> remaining;
  remaining.reserve(all.size() + 1);
  if (const Duration owed = from_seconds(owed_.left(at)); owed > Duration{})
    remaining.push_back({.needs = {.occupies = owed}, .runs = true});
  for (const auto& one : all) remaining.push_back(one.second);
  return remaining;
}

// A stage that has not begun takes as long as if it began now.
dispatch::Demand Machines::left(const Job& job, Seconds at) const {
  const auto rest_of = [&](Duration whole) { return job.ends ? from_seconds(std::max(0.0, *job.ends - at)) : whole; };
  if (job.where == Where::tail_here) {
    const Seconds occupies =
        job.ends ? job.occupies * left_here(job, at) : world_.tail_occupies(job.asked.plan, job.asked.dice, at);
    return {.edge = rest_of(from_seconds(job.course.local)), .occupies = from_seconds(occupies)};
  }
  if (job.where == Where::edge) {
    dispatch::Demand demand = demand_of(world_, job.asked.plan, job.asked.dice, at);
    if (world_.computes_here(job.asked.plan)) demand.edge = rest_of(demand.edge);
    if (job.ends)
      demand.occupies = from_seconds(world_.computes_here(job.asked.plan) ? job.occupies * left_here(job, at) : 0);
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
