// The lines of a journal, as text. The format is in profiler/README.md. Pure functions. Thread-safe.
#pragma once

#include "profiler/journal/sample.h"
#include "profiler/journal/subject.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tideline::journal {

// A longer reason is cut off.
inline constexpr std::size_t kLongestReason = 1000;

// Each returns one line: it ends with a newline and has no other.
std::string line_of(const Context& context);
std::string line_of(const Sample& sample);
std::string agreement_line(std::uint32_t candidate, const plan::Agreement& agreement);
std::string stream_line(std::uint32_t candidate, Bytes bytes);
std::string failure_line(std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition,
                         std::string_view reason);
std::string imposed_line(std::uint32_t cell, const ImposedLoad& imposed);
std::string unreached_line(std::uint32_t cell, std::string_view reason);
std::string finished_line(std::uint32_t cell);
std::string line_of(const AnchorSample& sample);
std::string former_line(const Sample& sample);
std::string kept_line(std::uint32_t cell);

// Returns the first field that differs, with both values; nothing if the two belong to one campaign.
std::optional<std::string> difference(const Context& in_file, const Context& wanted);
// The same for two shards of one campaign; their shard numbers may differ.
std::optional<std::string> difference_of_shards(const Context& one, const Context& other);

}  // namespace tideline::journal
