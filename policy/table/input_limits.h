// Input limits: the allowed range of every quantity in a table or a journal of measurements.
//
// Each check returns invalid with one sentence that begins with the path of the fault, "cells[3].asked.edge_cpu". Names
// in paths are those of the JSON formats. Pure functions. Thread-safe.
#pragma once

#include "policy/plan/agreement.h"
#include "policy/plan/conditions.h"
#include "policy/table/table.h"
#include "runtime/base/result.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace tideline::table {

// Generous bounds: sums of times cannot overflow, and no size is used unchecked.
inline constexpr Duration kLongestTime = std::chrono::hours(24);
inline constexpr Duration kLongestDelay = std::chrono::seconds(10);
inline constexpr std::size_t kMostCells = 100'000;
inline constexpr std::size_t kMostPlans = 10'000;
inline constexpr std::uint32_t kMostCuts = 1'000'000;
inline constexpr Bytes kMostWire{std::uint64_t{1} << 40};
inline constexpr std::uint64_t kMostBoxes = std::uint64_t{1} << 40;

// Returns "path.key", or just "key" at the root.
std::string path_to(std::string_view path, std::string_view key);

Result<void> check_time(Duration time, std::string_view path);
Result<void> check(const plan::Stress& stress, std::string_view path);
Result<void> check(const Terms& terms, std::string_view path);
Result<void> check(const plan::Conditions& seen, std::string_view path);
Result<void> check(const Drift& drift, std::string_view path);
Result<void> check(const HeldOut& one, std::string_view path);
// Checks noise floor, drift, corrections, and the times of the held-out measurements.
Result<void> check(const Quality& quality, std::string_view path);
// Checks that the counts of accuracy and boxes fit together, too.
Result<void> check(const plan::Agreement& agreement, std::string_view path);

// Checks that a frame of a stream, measured over `sequence`, may have so many bytes by `plan`.
Result<void> check_stream(const plan::Plan& plan, Bytes bytes, std::string_view sequence, std::string_view path);

// Checks that `plan` is of this model and that its cut is below `cuts`.
Result<void> check_plan(const plan::Plan& plan, std::string_view model, std::uint32_t cuts, std::string_view path);

}  // namespace tideline::table
