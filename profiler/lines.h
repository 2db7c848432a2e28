// The lines of a journal as text and back; their format is in profiler/README.md. Pure functions.
#pragma once

#include "profiler/sample.h"
#include "profiler/subject.h"
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

// Returns invalid, with the reason, unless a campaign can be run by `context` and its table be built in the end.
Result<void> check(const Context& context);
Result<void> check_step(std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition, const Context& context);
// Returns invalid, with the reason, unless `sample` belongs to the campaign and its times make sense.
Result<void> check(const Sample& sample, const Context& context);

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
std::string imposed_line(std::uint32_t cell, const Imposed& imposed);

// Says which field differs first, with both values; nothing when the two belong to one campaign.
std::optional<std::string> difference(const Context& in_file, const Context& wanted);

struct Lines {
  std::optional<Context> context;  // Absent when the text ends within its line.
  std::vector<Sample> samples;
  std::vector<bool> taken;                           // By place_of(): whether there is a sample.
  std::vector<std::optional<Agreement>> agreements;  // By candidate.
  std::size_t complete = 0;                          // Bytes up to and with the last newline: what follows was cut off.
};

// Reads a whole journal. Returns invalid, naming the line, for anything wrong but a last line without its newline.
Result<Lines> parse_lines(std::string_view text);

}  // namespace tideline
