#include "policy/dispatch/offer.h"

#include <algorithm>

namespace tideline::dispatch {

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

}  // namespace tideline::dispatch
