// Anchors: what points that are measured again and again say of the campaign: its noise floor, and whether it drifted.
//
// Pure functions.
#pragma once

#include "policy/table/quality.h"
#include "profiler/journal/sample.h"

#include <optional>
#include <span>

namespace tideline {

inline constexpr std::uint32_t kAnchorRepetitions = 3;  // In each visit.

// Returns the relative standard deviation of the anchors' medians about their mean over all visits and shards: what the
// same point differs by, minutes apart. Nothing before two visits.
std::optional<double> noise_floor(std::span<const AnchorSample> anchors);

// Mann (1945) and Kendall (1975): does the time that the anchors take rise or fall steadily over the visits? Shards are
// taken as the seasons of Hirsch and Slack (1984): each has a trend of its own, and the tests add up. The change is
// Theil and Sen's slope times the length. Drifted: less likely than 5 % by chance, and at least kLeastDrift. Nothing
// before four visits of any shard.
inline constexpr double kLeastDrift = 0.03;
std::optional<Drift> drift_of(std::span<const AnchorSample> anchors);

}  // namespace tideline
