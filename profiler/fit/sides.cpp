#include "profiler/fit/sides.h"

#include <map>
#include <tuple>

namespace tideline::fit {
namespace {

// Numbers the different values of `key`, in order of first appearance.
template <typename Key>
std::uint32_t number(std::span<const plan::Stress> cells, Key key, std::vector<std::uint32_t>& numbers) {
  std::map<decltype(key(cells[0])), std::uint32_t> known;
  for (const plan::Stress& cell : cells)
    numbers.push_back(known.emplace(key(cell), static_cast<std::uint32_t>(known.size())).first->second);
  return static_cast<std::uint32_t>(known.size());
}

}  // namespace

Sides sides_of(std::span<const plan::Stress> cells) {
  Sides sides;
  sides.edges = number(cells, [](const plan::Stress& s) { return std::tuple(s.edge_cpu, s.edge_memory); }, sides.edge);
  sides.clouds =
      number(cells, [](const plan::Stress& s) { return std::tuple(s.cloud_cpu, s.cloud_memory); }, sides.cloud);
  sides.links = number(cells, [](const plan::Stress& s) { return std::tuple(s.uplink, s.delay); }, sides.link);
  return sides;
}

}  // namespace tideline::fit
