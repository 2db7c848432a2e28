// WireRatios: how many bytes the requests of each plan send now, relative to the table.
//
// The bytes of some codecs depend on what is sent, so the table's mean may be far from the present. What a camera sees
// makes the tensors of all cuts larger or smaller at once, so codecs form families. A value; functions are pure.
//
//   const WireRatio ratio = ratios.of(plan);
//   const Bytes bytes = expected(estimate.wire, ratio);
#pragma once

#include "policy/plan/plan.h"
#include "runtime/base/units.h"

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace tideline::predict {

// Codecs whose bytes depend on the content alike. Those of `fixed` depend only on the shape.
enum class WireFamily : std::uint8_t { fixed, steps, source, jpeg };
WireFamily family_of(plan::Codec codec);

struct WireRatio {
  double mean = 1;  // Sent bytes over those of the table.
  double sd = 0;    // Standard deviation of ln(ratio) of one request.

  bool operator==(const WireRatio&) const = default;
};

struct WireRatios {
  using CutAndCodec = std::pair<std::uint32_t, plan::Codec>;
  std::map<CutAndCodec, WireRatio> plans;      // Those observed.
  std::map<WireFamily, WireRatio> families{};  // For plans not observed.

  // Returns the plan's own ratio, or else that of its family; absent if neither was observed.
  std::optional<WireRatio> known(const plan::Plan& plan) const;
  // Returns the same, or else that of the table: 1.
  WireRatio of(const plan::Plan& plan) const { return known(plan).value_or(WireRatio{}); }
  bool operator==(const WireRatios&) const = default;
};

// Returns the bytes that a request sends now, if it sends `table` according to the table.
Bytes expected(Bytes table, const WireRatio& ratio);

}  // namespace tideline::predict
