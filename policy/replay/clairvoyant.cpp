#include "policy/replay/clairvoyant.h"

#include "policy/dispatch/next_plans.h"
#include "policy/dispatch/worthwhile.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace tideline::replay {

ClairvoyantContender::ClairvoyantContender(const World& world, const std::vector<Seconds>& arrivals)
    : world_(world),
      arrivals_(arrivals),
      machines_(world),
      line_(world.setting().slots, world.ahead()),
      took_(arrivals.size()) {}

void ClairvoyantContender::serve(std::size_t request) {
  const Seconds at = arrivals_[request];
  happen(at);
  machines_.begin(request, {choose(request), world_.dice(request)}, at);
}

void ClairvoyantContender::finish() {
  happen(std::numeric_limits<Seconds>::infinity());
}

void ClairvoyantContender::happen(Seconds until) {
  while (machines_.next() && *machines_.next() <= until) {
    const Machines::Event event = machines_.take();
    if (event.step == Machines::Step::left_edge) machines_.send(event.request, event.at);
    if (event.step != Machines::Step::answered && event.step != Machines::Step::done_here) continue;
    took_[event.request] = event.at - arrivals_[event.request];
    machines_.forget(event.request);
  }
}

std::size_t ClairvoyantContender::choose(std::size_t request) {
  const Seconds at = arrivals_[request];
  const Dice dice = world_.dice(request);
  const auto& estimates = world_.table().unstressed().estimates;
  dispatch::Offers all;
  for (std::size_t i = 0; i < world_.plans(); ++i) {
    all.plans.push_back({.plan = estimates[i].plan, .demand = demand_of(world_, i, dice, at)});
    if (all.plans[i].demand.total() < all.plans[all.usual].demand.total()) all.usual = i;
  }
  std::vector<dispatch::Remaining> jobs = machines_.remaining(at);
  const bool is_last = request + 1 == arrivals_.size();
  const Duration fastest = all.plans[all.usual].demand.total();
  if (jobs.empty() && (is_last || from_seconds(arrivals_[request + 1] - at) > fastest)) return all.usual;
  jobs = bounded(std::move(jobs), dispatch::Dispatcher::kMostJobs);
  const dispatch::Offers worth = worthwhile(all, world_.setting().slots, dispatch::Dispatcher::kMostPlans);
  std::vector<std::size_t> places;  // Of each of them among all plans.
  for (const dispatch::Offer& one : worth.plans)
    places.push_back(
        static_cast<std::size_t>(std::ranges::find(estimates, one.plan, &table::Estimate::plan) - estimates.begin()));
  const std::vector<Next> next = next_of(request, places);
  const auto futures = next_plans(worth.plans, world_.setting().slots, kAhead);
  std::size_t best = 0;
  Duration least = Duration::max();
  for (std::size_t i = 0; i < places.size(); ++i) {
    jobs.push_back({.needs = worth.plans[i].demand});
    for (const dispatch::Plans& plans : futures)
      if (const Duration took = sum(jobs, next, plans); took < least) least = took, best = i;
    jobs.pop_back();
  }
  return places[best];
}

std::vector<ClairvoyantContender::Next> ClairvoyantContender::next_of(std::size_t request,
                                                                      const std::vector<std::size_t>& plans) const {
  std::vector<Next> all;
  const std::size_t end = std::min(request + 1 + kAhead, arrivals_.size());
  for (std::size_t next = request + 1; next < end; ++next) {
    const Seconds at = arrivals_[next];
    const Dice dice = world_.dice(next);
    Next one{.after = at - arrivals_[request]};
    for (const std::size_t plan : plans) one.demands.push_back(demand_of(world_, plan, dice, at));
    all.push_back(std::move(one));
  }
  return all;
}

// Leaves `jobs` as they were.
Duration ClairvoyantContender::sum(std::vector<dispatch::Remaining>& jobs, const std::vector<Next>& next,
                                   const dispatch::Plans& plans) {
  const std::size_t before = jobs.size();
  for (std::size_t i = 0; i < next.size(); ++i)
    jobs.push_back({from_seconds(next[i].after), next[i].demands[plans[i]]});
  const std::span<const Duration> ends = line_.ends(jobs);
  const Duration sum = std::accumulate(ends.begin(), ends.end(), Duration{});
  jobs.resize(before);
  return sum;
}

}  // namespace tideline::replay
