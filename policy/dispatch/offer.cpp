#include "policy/dispatch/offer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace tideline::dispatch {
namespace {

// What a plan takes, in seconds: in all, and of each stage.
using Takes = std::array<double, 4>;

Takes takes(const Offer& one) {
  return {seconds(one.demand.total() + one.price), seconds(one.demand.long_run()), seconds(one.demand.uplink),
          seconds(one.demand.cloud)};
}

// Returns true iff `other` takes no more than `one` in any respect, and less in some.
bool is_better(const Takes& other, const Takes& one) {
  bool less = false;
  for (std::size_t k = 0; k < one.size(); ++k) {
    if (other[k] > one[k]) return false;
    less = less || other[k] < one[k];
  }
  return less;
}

double distance(const Takes& a, const Takes& b, const Takes& most) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k)
    if (most[k] > 0) sum += std::pow((a[k] - b[k]) / most[k], 2);
  return sum;
}

}  // namespace

Demand Demand::times(std::uint64_t batch) const {
  const auto n = static_cast<std::int64_t>(std::clamp<std::uint64_t>(batch, 1, 1'000));
  const auto times = [](Duration one, std::int64_t count) {
    return std::clamp(one, Duration{}, kLongest / count) * count;
  };
  return {.edge = times(edge, n),
          .uplink = times(uplink, n),
          .queue = times(queue, 1),
          .cloud = times(cloud, n),
          .rest = times(rest, 1),
          .occupies = times(occupies, n)};
}

Offers worthwhile(Offers offers, std::size_t most) {
  if (offers.plans.empty()) return offers;
  for (Offer& one : offers.plans) {
    one.demand = one.demand.times(1);
    one.price = std::clamp(one.price, Duration{}, Demand::kLongest);
  }
  std::vector<Takes> all;
  for (const Offer& one : offers.plans) all.push_back(takes(one));
  Takes largest{};
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i == offers.usual || std::ranges::any_of(all, [&](const Takes& other) { return is_better(other, all[i]); }))
      continue;
    left.push_back(i);
    for (std::size_t k = 0; k < largest.size(); ++k) largest[k] = std::max(largest[k], all[i][k]);
  }
  std::vector<std::size_t> kept{offers.usual};
  const auto apart = [&](std::size_t i) {
    double nearest = std::numeric_limits<double>::infinity();
    for (const std::size_t other : kept) nearest = std::min(nearest, distance(all[i], all[other], largest));
    return nearest;
  };
  while (!left.empty() && kept.size() < most) {
    const auto farthest = std::ranges::max_element(left, {}, apart);
    kept.push_back(*farthest);
    left.erase(farthest);
  }
  Offers worth{.hysteresis = offers.hysteresis, .rule = offers.rule, .cloud_slots = offers.cloud_slots};
  for (const std::size_t i : kept) worth.plans.push_back(offers.plans[i]);  // The usual plan is the first.
  return worth;
}

}  // namespace tideline::dispatch
