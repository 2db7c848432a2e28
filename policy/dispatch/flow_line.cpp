#include "policy/dispatch/flow_line.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace tideline::dispatch {

std::vector<Remaining> bounded(std::vector<Remaining> requests, std::size_t most) {
  if (requests.size() <= most) return requests;
  Remaining here, there;
  here.priority = std::numeric_limits<Priority>::max();
  for (std::size_t i = most; i < requests.size(); ++i) {
    const bool waits_here = requests[i].needs.edge > Duration{};
    if (waits_here) here.priority = std::min(here.priority, requests[i].priority);
    Demand& sum = waits_here ? here.needs : there.needs;
    sum.edge += requests[i].needs.edge;
    sum.uplink += requests[i].needs.uplink;
    sum.cloud += requests[i].needs.cloud;
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
  const auto pass = [&](Duration Demand::* needs, int slots) {
    arrive();
    if (needs == &Demand::edge && !is_by_arrival(requests)) order_by_priority(requests);
    free_.assign(static_cast<std::size_t>(std::max(1, slots)), Duration{});
    for (const std::size_t i : order_) {
      const Duration takes = requests[i].needs.*needs;
      if (takes <= Duration{}) continue;
      Duration& slot = *std::ranges::min_element(free_);
      slot = at_[i] = std::max(slot, at_[i]) + takes;
    }
  };
  pass(&Demand::edge, slots_.edge);
  pass(&Demand::uplink, 1);
  for (std::size_t i = 0; i < requests.size(); ++i) at_[i] += requests[i].needs.queue;
  pass(&Demand::cloud, slots_.cloud);
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

bool FlowLine::is_by_arrival(std::span<const Remaining> requests) const {
  Priority last = 0;
  for (const std::size_t i : order_) {
    if (requests[i].needs.edge <= Duration{}) continue;
    if (requests[i].priority < last) return false;
    last = requests[i].priority;
  }
  return true;
}

// A slot that becomes free goes to the highest priority among those that have arrived by then.
void FlowLine::order_by_priority(std::span<const Remaining> requests) {
  const std::vector<std::size_t> arrivals = std::move(order_);
  order_.clear();
  waiting_.clear();
  free_.assign(static_cast<std::size_t>(std::max(1, slots_.edge)), Duration{});
  const auto later = [&](std::size_t a, std::size_t b) {
    return std::pair(requests[arrivals[a]].priority, a) > std::pair(requests[arrivals[b]].priority, b);
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
    slot += std::max(Duration{}, requests[served].needs.edge);
    order_.push_back(served);
  }
}

}  // namespace tideline::dispatch
