#include "policy/dispatch/next_plans.h"

#include "policy/dispatch/fluid_limit.h"

#include <algorithm>
#include <utility>

namespace tideline::dispatch {

std::vector<Plans> next_plans(std::span<const Offer> plans, Slots slots, std::size_t count) {
  std::vector<Plans> all;
  for (std::size_t i = 0; i < plans.size(); ++i) all.emplace_back(count, i);
  if (plans.size() < 2) return all;
  const FluidLimit limit = fluid_limit(plans, slots);
  if (limit.mix.size() < 2) return all;
  Plans mixed = in_turn(limit, count);
  all.push_back(mixed);
  std::ranges::reverse(mixed);
  all.push_back(std::move(mixed));
  return all;
}

}  // namespace tideline::dispatch
