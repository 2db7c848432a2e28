// The lines of a journal as text and back; their format is in profiler/README.md. Pure functions.
#pragma once

#include "profiler/journal/sample.h"
#include "profiler/journal/subject.h"
#include "runtime/base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tideline {

// Bounds what a context can make its reader allocate: one bit for each measurement of the campaign.
inline constexpr std::uint64_t kMostMeasurements = 50'000'000;
inline constexpr std::size_t kLongestReason = 1000;
inline constexpr std::uint32_t kMostShards = 10'000;
inline constexpr std::size_t kMostAnchors = 16;
inline constexpr std::uint32_t kMostVisits = 100'000;
inline constexpr std::uint32_t kMostAnchorRepetitions = 100;

// Returns invalid, with the reason, unless a campaign can be run by `context` and its table be built in the end.
Result<void> check(const Context& context);
Result<void> check_step(std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition, const Context& context);
// Returns invalid, with the reason, unless `sample` belongs to the campaign and its times make sense.
Result<void> check(const Sample& sample, const Context& context);
Result<void> check(const AnchorSample& sample, const Context& context);

// Returns invalid, with the reason, unless `candidate` is one of the campaign's and the agreement is over its inputs.
Result<void> check(std::uint32_t candidate, const Agreement& agreement, const Context& context);

// The place of a measurement among all of the campaign. REQUIRES: it is one of the campaign's.
std::size_t place_of(const Context& context, std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition);
std::size_t measurements_of(const Context& context);

// Each ends with a newline and has no other.
std::string line_of(const Context& context);
std::string line_of(const Sample& sample);
std::string agreement_line(std::uint32_t candidate, const Agreement& agreement);
std::string failure_line(std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition,
                         std::string_view reason);
std::string imposed_line(std::uint32_t cell, const ImposedLoad& imposed);
std::string unreached_line(std::uint32_t cell, std::string_view reason);
std::string finished_line(std::uint32_t cell);
std::string line_of(const AnchorSample& sample);

// Says which field differs first, with both values; nothing when the two belong to one campaign.
std::optional<std::string> difference(const Context& in_file, const Context& wanted);
// The same of two shards of one campaign, which may differ in which they are.
std::optional<std::string> difference_of_shards(const Context& one, const Context& other);

struct Lines {
  std::optional<Measurements> measured;  // Absent when the text ends within the context's line.
  std::vector<bool> taken;               // By place_of(): whether there is a sample.
  std::size_t complete = 0;              // Bytes up to and with the last newline: what follows was cut off.
};

// Returns the measurements of a campaign of which nothing was measured yet.
Measurements begun(Context context);

// Reads a whole journal. Returns invalid, naming the line, for anything wrong but a last line without its newline.
Result<Lines> parse_lines(std::string_view text);

}  // namespace tideline
