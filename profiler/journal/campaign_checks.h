// The limits of a campaign, and the checks that a measurement belongs to it. Pure functions. Thread-safe.
#pragma once

#include "profiler/journal/sample.h"
#include "runtime/base/result.h"

#include <cstddef>
#include <cstdint>

namespace tideline::journal {

// Bounds the memory that a context can make its reader allocate: one bit for each measurement of the campaign.
inline constexpr std::uint64_t kMostMeasurements = 50'000'000;
inline constexpr std::uint32_t kMostShards = 10'000;
inline constexpr std::size_t kMostAnchors = 16;
inline constexpr std::uint32_t kMostVisits = 100'000;
inline constexpr std::uint32_t kMostAnchorRepetitions = 100;

// Returns invalid, with the reason, unless a campaign with `context` can run and become a table.
Result<void> check(const Context& context);
Result<void> check_step(std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition, const Context& context);
// Returns invalid, with the reason, unless `sample` belongs to the campaign and its times are possible.
Result<void> check(const Sample& sample, const Context& context);
Result<void> check(const AnchorSample& sample, const Context& context);

// Returns invalid, with the reason, unless the campaign has `candidate` and compares as many inputs as the agreement.
Result<void> check(std::uint32_t candidate, const plan::Agreement& agreement, const Context& context);

// Returns invalid, with the reason, unless the campaign measures the bytes of `candidate` in a stream, and they are
// possible.
Result<void> check_stream(std::uint32_t candidate, Bytes bytes, const Context& context);

// The index of a measurement among all of the campaign. REQUIRES: it belongs to the campaign.
std::size_t place_of(const Context& context, std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition);
std::size_t measurements_of(const Context& context);

}  // namespace tideline::journal
