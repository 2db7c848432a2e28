#include "policy/table/quality.h"

#include <algorithm>
#include <cmath>

namespace tideline::table {

double HeldOut::residual() const {
  return static_cast<double>((predicted - measured).count()) / static_cast<double>(measured.count());
}

std::optional<double> Quality::held_out_residual(double p) const {
  if (held_out.empty()) return std::nullopt;
  std::vector<double> sizes;
  sizes.reserve(held_out.size());
  for (const HeldOut& one : held_out) sizes.push_back(std::abs(one.residual()));
  std::sort(sizes.begin(), sizes.end());
  const double at = p * static_cast<double>(sizes.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sizes.size() - 1);
  return sizes[below] + (at - std::floor(at)) * (sizes[above] - sizes[below]);
}

}  // namespace tideline::table
