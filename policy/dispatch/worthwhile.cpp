#include "policy/dispatch/worthwhile.h"

#include "policy/dispatch/fluid_limit.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

namespace tideline::dispatch {
namespace {

constexpr std::array kWaiting{0.0, 1.0, 3.0, 8.0, 32.0};  // Requests that wait for a stage.

// What a request takes, in seconds: in all, and of each stage's slots together.
struct Takes {
  double total = 0, edge = 0, uplink = 0, cloud = 0;
};

Takes takes(const Offer& one, Slots slots) {
  return {seconds(one.demand.total() + one.price), seconds(one.demand.long_run()) / std::max(1, slots.edge),
          seconds(one.demand.uplink), seconds(one.demand.cloud) / std::max(1, slots.cloud)};
}

// Of a plan: for how many numbers of waiting requests it costs the least, and by which share it misses that at the
// best.
struct Standing {
  int wins = 0;
  double misses = std::numeric_limits<double>::infinity();
};

std::vector<Standing> standings(const std::vector<Takes>& plans) {
  std::vector<Standing> all(plans.size());
  std::vector<double> costs(plans.size());
  for (const double edge : kWaiting)
    for (const double uplink : kWaiting)
      for (const double cloud : kWaiting) {
        std::ranges::transform(plans, costs.begin(), [&](const Takes& one) {
          return one.total + edge * one.edge + uplink * one.uplink + cloud * one.cloud;
        });
        const auto least = std::ranges::min_element(costs);
        ++all[static_cast<std::size_t>(least - costs.begin())].wins;
        for (std::size_t i = 0; i < costs.size(); ++i)
          all[i].misses = std::min(all[i].misses, *least > 0 ? costs[i] / *least : costs[i]);
      }
  return all;
}

std::optional<std::size_t> fastest_for_tensors(const std::vector<Offer>& plans) {
  std::optional<std::size_t> fastest;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    if (plan::is_of_images(plans[i].plan.codec)) continue;
    if (!fastest || plans[i].demand.total() < plans[*fastest].demand.total()) fastest = i;
  }
  return fastest;
}

}  // namespace

Offers worthwhile(Offers offers, Slots slots, std::size_t most) {
  if (offers.plans.empty()) return offers;
  std::vector<Takes> all;
  for (Offer& one : offers.plans) {
    one.demand = one.demand.times(1);
    one.price = std::clamp(one.price, Duration{}, Demand::kLongest);
    all.push_back(takes(one, slots));
  }
  const std::vector<Standing> standing = standings(all);
  std::vector<std::size_t> best(all.size());
  std::iota(best.begin(), best.end(), std::size_t{0});
  std::ranges::stable_sort(best, {}, [&](std::size_t i) { return std::pair(-standing[i].wins, standing[i].misses); });
  std::vector<Offer> winners;  // The limit takes time by the cube of their number.
  for (const std::size_t i : best)
    if (standing[i].wins > 0) winners.push_back(offers.plans[i]);

  std::vector<std::size_t> kept{offers.usual};
  const auto keep = [&](std::size_t i) {
    if (kept.size() < most && std::ranges::find(kept, i) == kept.end()) kept.push_back(i);
  };
  if (const auto fastest = fastest_for_tensors(offers.plans)) keep(*fastest);
  for (const FluidLimit::Share& one : fluid_limit(winners, slots).mix) keep(best[one.plan]);
  std::ranges::for_each(best, keep);
  Offers worth{.hysteresis = offers.hysteresis, .rule = offers.rule, .cloud_slots = offers.cloud_slots};
  for (const std::size_t i : kept) worth.plans.push_back(offers.plans[i]);  // The usual plan is the first.
  return worth;
}

}  // namespace tideline::dispatch
