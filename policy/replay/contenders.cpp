#include "policy/replay/contenders.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace tideline::replay {

void CausalContender::serve(const ReplayedRequest& request) {
  const Choice choice = choose(request.at);
  const RequestTimeline& course = request.courses[choice.plan];
  const Seconds ends = world_.sends(choice.plan) ? hedged(course, choice.remaining) : course.answer;
  if (choice.plan != std::exchange(last_, choice.plan)) ++counters_.moves;
  if (request.counts) latencies_.add(ends - request.at);
}

CausalContender::Choice CausalContender::choose(Seconds at) const {
  const Seconds then = std::max(0.0, at - age_);
  Choice choice;
  Seconds best = std::numeric_limits<double>::infinity(), whole = best;
  for (std::size_t i = 0; i < world_.plans(); ++i) {
    const Seconds took = world_.steady(i, then);
    if (!world_.sends(i)) whole = took;
    if (took < best) best = took, choice.plan = i;
  }
  const Seconds head = world_.true_head(choice.plan) * world_.slowdown(then);
  if (world_.sends(choice.plan) && std::isfinite(best) && std::isfinite(whole))
    choice.remaining = predict::RemainingTime{from_seconds(best - head), from_seconds(std::max(0.0, whole - head))};
  return choice;
}

// Returns when the request ends. Like an agent, it notices a stall when a look at the link shows it.
Seconds CausalContender::hedged(const RequestTimeline& course, const std::optional<predict::RemainingTime>& remaining) {
  const Seconds until = course.sent + std::min(patience_, world_.dark_after(course.sent, course.uploaded, patience_));
  Seconds begins = until;
  if (remaining) {
    budget_.earn();
    const Seconds late = course.sent + seconds(control::late_after(remaining->remote, remaining->local));
    if (course.answer <= late) return course.answer;
    if (late < until && budget_.take()) begins = late, ++counters_.hedges;
  }
  const Seconds here = begins + course.local;
  if (here < course.answer) ++counters_.won_here;
  return std::min(course.answer, here);
}

HeldPlans::HeldPlans(const World& world) : by_plan_(world.plans()) {
  for (std::size_t i = 0; i < world.plans(); ++i) lines_.emplace_back(world, i);
}

void HeldPlans::serve(const ReplayedRequest& request) {
  Seconds least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const Seconds took = lines_[i].serve(request.dice, request.at) - request.at;
    if (request.counts) by_plan_[i].add(took);
    least = std::min(least, request.courses[i].answer - request.at);
  }
  if (request.counts) oracle_.add(least);
}

std::size_t HeldPlans::best() const {
  return static_cast<std::size_t>(std::ranges::min_element(by_plan_, {}, &Latencies::sum_ms) - by_plan_.begin());
}

void PolicyContender::serve(const ReplayedRequest& request) {
  agent_.begin(request.at, request.dice);
  counts_.push_back(request.counts);
}

Latencies PolicyContender::latencies() {
  agent_.finish();
  Latencies latencies;
  for (std::size_t i = 0; i < counts_.size(); ++i)
    if (counts_[i] && std::isfinite(agent_.took()[i])) latencies.add(agent_.took()[i]);
  return latencies;
}

std::size_t PolicyContender::refused() const {
  std::size_t refused = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) refused += counts_[i] && !std::isfinite(agent_.took()[i]);
  return refused;
}

}  // namespace tideline::replay
