// Anchors: derives a campaign's noise floor and drift from points that were measured repeatedly.
//
// Pure functions. Thread-safe.
#pragma once

#include "policy/table/quality.h"
#include "profiler/journal/sample.h"

#include <optional>
#include <span>

namespace tideline::fit {

inline constexpr std::uint32_t kAnchorRepetitions = 3;  // In each visit.

// Returns the relative standard deviation of the anchors' medians about their mean over all visits and shards: how much
// one point differs, minutes apart. Nothing for fewer than two visits.
std::optional<double> noise_floor(std::span<const journal::AnchorSample> anchors);

// Returns whether the anchors' times rise or fall steadily over the visits, by the test of Mann (1945) and Kendall
// (1975). Shards are treated like the seasons of Hirsch and Slack (1984): each has its own trend, and the tests add up.
// The change is the slope of Theil and Sen times the length. It is a drift if its p-value is below 5 % and it is at
// least kLeastDrift. Nothing if every shard has fewer than four visits.
inline constexpr double kLeastDrift = 0.03;
std::optional<table::Drift> drift_of(std::span<const journal::AnchorSample> anchors);

}  // namespace tideline::fit
