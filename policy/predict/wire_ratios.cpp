#include "policy/predict/wire_ratios.h"

#include <algorithm>
#include <cmath>

namespace tideline::predict {

WireFamily family_of(plan::Codec codec) {
  if (codec == plan::Codec::source) return WireFamily::source;
  if (codec == plan::Codec::jpeg95 || codec == plan::Codec::jpeg75) return WireFamily::jpeg;
  return plan::is_of_steps(codec) ? WireFamily::steps : WireFamily::fixed;
}

std::optional<WireRatio> WireRatios::known(const plan::Plan& plan) const {
  if (const auto own = plans.find({plan.cut, plan.codec}); own != plans.end()) return own->second;
  const auto family = families.find(family_of(plan.codec));
  return family == families.end() ? std::nullopt : std::optional(family->second);
}

Bytes expected(Bytes table, const WireRatio& ratio) {
  if (ratio.mean == 1) return table;
  return {static_cast<std::uint64_t>(std::min(std::round(ratio.mean * static_cast<double>(table.count)), 1e15))};
}

}  // namespace tideline::predict
