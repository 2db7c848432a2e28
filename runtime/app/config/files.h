// Files: writes whole files atomically, and limits the length of input files (runtime/base/file.h reads them).
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/units.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace tideline::config {

// Returns true iff the file exists and this process may read it.
bool readable(const std::filesystem::path& file);

// The largest partition tables and traces that are read.
inline constexpr Bytes kLongestTable = 256_MiB;
inline constexpr Bytes kLongestTrace = 256_MiB;

// Writes a new file beside `file` and renames it to `file`: readers see the whole old file or the whole new one.
Result<void> write_atomically(const std::filesystem::path& file, std::string_view text);

}  // namespace tideline::config
