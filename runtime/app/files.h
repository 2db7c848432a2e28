// Whole files, read and written.
#pragma once

#include "runtime/base/result.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace tideline {

// Returns true iff there is such a file and this process may read it.
bool readable(const std::filesystem::path& file);

// Returns invalid, with the system's reason, when the file cannot be read.
Result<std::string> read_file(const std::filesystem::path& file);

// Writes a new file beside `file` and renames it over: readers see the old or the new one, whole.
Result<void> write_atomically(const std::filesystem::path& file, std::string_view text);

}  // namespace tideline
