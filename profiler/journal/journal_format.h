// Journal format: the lines of a journal as text and back. The format is in profiler/README.md. Pure functions.
// Thread-safe.
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

namespace tideline::journal {

// Bounds the memory that a context can make its reader allocate: one bit for each measurement of the campaign.
inline constexpr std::uint64_t kMostMeasurements = 50'000'000;
inline constexpr std::size_t kLongestReason = 1000;
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

// The index of a measurement among all of the campaign. REQUIRES: it belongs to the campaign.
std::size_t place_of(const Context& context, std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition);
std::size_t measurements_of(const Context& context);

// Each returns one line: it ends with a newline and has no other.
std::string line_of(const Context& context);
std::string line_of(const Sample& sample);
std::string agreement_line(std::uint32_t candidate, const plan::Agreement& agreement);
std::string failure_line(std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition,
                         std::string_view reason);
std::string imposed_line(std::uint32_t cell, const ImposedLoad& imposed);
std::string unreached_line(std::uint32_t cell, std::string_view reason);
std::string finished_line(std::uint32_t cell);
std::string line_of(const AnchorSample& sample);

// Returns the first field that differs, with both values; nothing if the two belong to one campaign.
std::optional<std::string> difference(const Context& in_file, const Context& wanted);
// The same for two shards of one campaign; their shard numbers may differ.
std::optional<std::string> difference_of_shards(const Context& one, const Context& other);

struct Lines {
  std::optional<Measurements> measured;  // Absent if the text ends within the context's line.
  std::vector<bool> taken;               // By place_of(): whether the sample exists.
  std::size_t complete = 0;              // Bytes up to the last newline, inclusive; the rest was cut off.
};

// Returns the measurements of a campaign that has measured nothing yet.
Measurements begun(Context context);

// Reads a whole journal. Returns invalid, naming the line, for any fault except a last line without its newline.
Result<Lines> parse_lines(std::string_view text);

}  // namespace tideline::journal
