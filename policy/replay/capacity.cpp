#include "policy/replay/capacity.h"

#include "policy/dispatch/fluid_limit.h"

#include <algorithm>

namespace tideline::replay {

Capacity capacity(const decide::PolicySettings& settings, const World& world, const Trace* cpu) {
  decide::PolicySettings moves_free = settings;
  moves_free.swap_cost = {};  // Else the policy offers nothing.
  decide::Observation mean{.current = settings.edge_only};
  mean.now = {.uplink = BitsPerSecond{world.bandwidth().mean()},
              .rtt = from_seconds(world.setting().rtt),
              .edge_slowdown = cpu ? world.load_slowdown(cpu->mean()) : 1,
              .cloud_slowdown = 1,
              .peer_up = true};
  dispatch::Offers offers = make_policy(decide::PolicyKind::adaptive, moves_free)->offers(mean);
  if (offers.plans.empty()) return {};
  const double slower = mean.now.edge_slowdown.value_or(1);
  for (dispatch::Offer& one : offers.plans) one.demand.occupies = from_seconds(slower * world.occupies(one.plan));
  const dispatch::FluidLimit limit = fluid_limit(offers.plans, world.setting().slots);
  Capacity capacity{.per_s = limit.rate};
  for (const auto& [plan, share] : limit.mix) capacity.mix.push_back({offers.plans[plan].plan, share});
  std::ranges::stable_sort(capacity.mix, std::ranges::greater{}, &Capacity::Share::share);
  return capacity;
}

}  // namespace tideline::replay
