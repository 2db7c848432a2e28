#include "policy/dispatch/worthwhile.h"

#include "policy/dispatch/fluid_limit.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
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

// Returns, by plan, at how many prices it takes the least.
std::vector<int> wins_of(const std::vector<Takes>& plans) {
  std::vector<int> wins(plans.size());
  for (const double edge : kWaiting)
    for (const double uplink : kWaiting)
      for (const double cloud : kWaiting) {
        const auto cost = [&](const Takes& one) {
          return one.total + edge * one.edge + uplink * one.uplink + cloud * one.cloud;
        };
        ++wins[static_cast<std::size_t>(std::ranges::min_element(plans, {}, cost) - plans.begin())];
      }
  return wins;
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
  const std::vector<int> wins = wins_of(all);
  std::vector<std::size_t> winners;
  for (std::size_t i = 0; i < wins.size(); ++i)
    if (wins[i] > 0) winners.push_back(i);
  std::ranges::stable_sort(winners, std::ranges::greater{}, [&](std::size_t i) { return wins[i]; });
  std::vector<Offer> some;  // The limit takes time by the cube of their number.
  for (const std::size_t i : winners) some.push_back(offers.plans[i]);

  std::vector<std::size_t> kept{offers.usual};
  const auto keep = [&](std::size_t i) {
    if (kept.size() < most && std::ranges::find(kept, i) == kept.end()) kept.push_back(i);
  };
  if (const auto fastest = fastest_for_tensors(offers.plans)) keep(*fastest);
  for (const FluidLimit::Share& one : fluid_limit(some, slots).mix) keep(winners[one.plan]);
  std::ranges::for_each(winners, keep);
  Offers worth{.hysteresis = offers.hysteresis, .rule = offers.rule, .cloud_slots = offers.cloud_slots};
  for (const std::size_t i : kept) worth.plans.push_back(offers.plans[i]);  // The usual plan is the first.
  return worth;
}

}  // namespace tideline::dispatch
