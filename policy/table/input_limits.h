// Limits: what a quantity must be to stand in a table or in a journal of measurements.
//
// Each check returns invalid with one sentence that begins with the path of what is wrong, "cells[3].asked.edge_cpu".
// Names in paths are those of the JSON formats. Pure functions.
#pragma once

#include "policy/plan/agreement.h"
#include "policy/plan/conditions.h"
#include "policy/table/table.h"
#include "runtime/base/result.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace tideline {

// Generous bounds against nonsense: sums of times cannot overflow, and no size is taken on trust.
inline constexpr Duration kLongestTime = std::chrono::hours(24);
inline constexpr Duration kLongestDelay = std::chrono::seconds(10);
inline constexpr std::size_t kMostCells = 100'000;
inline constexpr std::size_t kMostPlans = 10'000;
inline constexpr std::uint32_t kMostCuts = 1'000'000;
inline constexpr Bytes kMostWire{std::uint64_t{1} << 40};

// Returns "path.key", or just "key" at the root.
std::string path_to(std::string_view path, std::string_view key);

Result<void> check_time(Duration time, std::string_view path);
Result<void> check(const Stress& stress, std::string_view path);
Result<void> check(const Terms& terms, std::string_view path);
Result<void> check(const Conditions& seen, std::string_view path);
Result<void> check(const Drift& drift, std::string_view path);
Result<void> check(const HeldOut& one, std::string_view path);
// Checks what stands by itself: noise floor, drift, corrections, and the times that were held out.
Result<void> check(const Quality& quality, std::string_view path);
Result<void> check(const Agreement& agreement, std::string_view path);

// Checks that `plan` is one of a model with this digest and number of cuts.
Result<void> check_plan(const Plan& plan, std::string_view model, std::uint32_t cuts, std::string_view path);

}  // namespace tideline
