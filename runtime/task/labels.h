// Labels: the names of a network's classes, from a file.
//
// Pure functions, but for reading the file. Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/units.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::task {

inline constexpr std::size_t kMostLabels = 100'000;
inline constexpr Bytes kLongestLabels{std::uint64_t{1} << 20};

// Returns a label per line, in order: the first line is class 0. Lines end in LF or CRLF. One empty line at the end,
// and a byte-order mark, do not count. Returns invalid if a line is not UTF-8, or if there is none, or too many; the
// message begins with the file, which `file` names, and the line.
Result<std::vector<std::string>> parse_labels(std::string_view text, std::string_view file);

// Returns the labels of a regular file of at most kLongestLabels.
Result<std::vector<std::string>> read_labels(const std::string& path);

}  // namespace tideline::task
