#include "policy/dispatch/flow_line.h"

#include <algorithm>
#include <numeric>

namespace tideline::dispatch {

std::vector<Remaining> bounded(std::vector<Remaining> requests, std::size_t most) {
  if (requests.size() <= most) return requests;
  Remaining here, there;
  for (std::size_t i = most; i < requests.size(); ++i) {
    Demand& sum = requests[i].needs.edge > Duration{} ? here.needs : there.needs;
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

}  // namespace tideline::dispatch
