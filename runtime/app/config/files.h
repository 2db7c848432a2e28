// Whole files, written, and how long those may be that are read (runtime/base/file.h).
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/units.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace tideline {

// Returns true iff there is such a file and this process may read it.
bool readable(const std::filesystem::path& file);

// The longest files that are read: partition tables, and traces.
inline constexpr Bytes kLongestTable = 256_MiB;
inline constexpr Bytes kLongestTrace = 256_MiB;

// Writes a new file beside `file` and renames it over: readers see the old or the new one, whole.
Result<void> write_atomically(const std::filesystem::path& file, std::string_view text);

}  // namespace tideline
