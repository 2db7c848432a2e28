#include "policy/dispatch/flow_line.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>

namespace tideline::dispatch {
namespace {

// Returns the priority at a stage, of 0 for a request that has its slot there.
Priority rank(const Remaining& request, Duration Demand::* stage) {
  const bool is_first = stage == &Demand::edge || request.needs.edge <= Duration{};
  return request.runs && is_first ? 0 : request.priority;
}

}  // namespace

std::vector<Remaining> bounded(std::vector<Remaining> requests, std::size_t most) {
  if (requests.size() <= most) return requests;
  Remaining here, there;
  here.priority = there.priority = std::numeric_limits<Priority>::max();
  for (std::size_t i = most; i < requests.size(); ++i) {
    const bool waits_here = requests[i].needs.edge > Duration{};
    Remaining& sum = waits_here ? here : there;
    sum.priority = std::min(sum.priority, requests[i].priority);
    sum.needs.edge += requests[i].needs.edge;
    sum.needs.occupies += requests[i].needs.occupies;
    sum.needs.uplink += requests[i].needs.uplink;
    sum.needs.cloud += requests[i].needs.cloud;
  }
  requests.resize(most);
  requests.push_back(there);
  requests.push_back(here);
  return requests;
}

std::span<const Duration> FlowLine::ends(std::span<const Remaining> requests) {
  at_.resize(requests.size());
  order_.resize(requests.size());
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  for (std::size_t i = 0; i < requests.size(); ++i) at_[i] = requests[i].arrives;
  const auto pass = [&](const Stage& stage) {
    arrive();
    if (stage.needs != &Demand::uplink && !is_by_arrival(requests, stage)) order_by_priority(requests, stage);
    free_.assign(static_cast<std::size_t>(std::max(1, stage.slots)), Duration{});
    Duration owes{};
    for (const std::size_t i : order_) {
      const Duration takes = requests[i].needs.*stage.needs;
      const Duration occupies = stage.needs == &Demand::edge ? requests[i].needs.occupies : Duration{};
      if (takes <= Duration{} && occupies <= Duration{}) continue;
      Duration& slot = *std::ranges::min_element(free_);
      if (takes > Duration{}) at_[i] = std::max(at_[i], slot);
      if (!requests[i].runs) at_[i] = std::max(at_[i], owes - ahead_);
      if (occupies > Duration{}) owes = std::max(owes, at_[i]) + occupies / static_cast<std::int64_t>(free_.size());
      if (takes > Duration{}) slot = at_[i] += takes;
    }
  };
  pass({&Demand::edge, slots_.edge});
  pass({&Demand::uplink, 1});
  for (std::size_t i = 0; i < requests.size(); ++i) at_[i] += requests[i].needs.queue;
  pass({&Demand::cloud, slots_.cloud});
  for (std::size_t i = 0; i < requests.size(); ++i) at_[i] += requests[i].needs.rest;
  return at_;
}

// Insertion: the requests are nearly in order already.
void FlowLine::arrive() {
  for (std::size_t i = 1; i < order_.size(); ++i) {
    const std::size_t moved = order_[i];
    std::size_t to = i;
    for (; to > 0 && at_[order_[to - 1]] > at_[moved]; --to) order_[to] = order_[to - 1];
    order_[to] = moved;
  }
}

bool FlowLine::is_by_arrival(std::span<const Remaining> requests, const Stage& stage) const {
  Priority last = 0;
  for (const std::size_t i : order_) {
    if (requests[i].needs.*stage.needs <= Duration{}) continue;
    const Priority own = rank(requests[i], stage.needs);
    if (own < last) return false;
    last = own;
  }
  return true;
}

// A slot that becomes free goes to the highest priority among those that have arrived by then.
void FlowLine::order_by_priority(std::span<const Remaining> requests, const Stage& stage) {
  const std::vector<std::size_t> arrivals = std::move(order_);
  order_.clear();
  waiting_.clear();
  free_.assign(static_cast<std::size_t>(std::max(1, stage.slots)), Duration{});
  const auto later = [&](std::size_t a, std::size_t b) {
    const auto turn = [&](std::size_t i) { return std::pair(rank(requests[arrivals[i]], stage.needs), i); };
    return turn(a) > turn(b);
  };
  for (std::size_t next = 0; next < arrivals.size() || !waiting_.empty();) {
    Duration& slot = *std::ranges::min_element(free_);
    if (waiting_.empty()) slot = std::max(slot, at_[arrivals[next]]);
    for (; next < arrivals.size() && at_[arrivals[next]] <= slot; ++next) {
      waiting_.push_back(next);
      std::ranges::push_heap(waiting_, later);
    }
    std::ranges::pop_heap(waiting_, later);
    const std::size_t served = arrivals[waiting_.back()];
    waiting_.pop_back();
    const Demand& needs = requests[served].needs;
    const bool is_edge = stage.needs == &Demand::edge && needs.edge > Duration{};
    slot += std::max(Duration{}, is_edge ? needs.long_run() : needs.*stage.needs);
    order_.push_back(served);
  }
}

}  // namespace tideline::dispatch
