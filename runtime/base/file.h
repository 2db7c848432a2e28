// Files from outside, opened with care: what is no regular file is never waited for, and nothing is read without end.
//
// Links are followed. Errors are invalid, and say which file, why, and where it helps what to do. Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/units.h"

#include <filesystem>
#include <string>

namespace tideline {

// Returns an error unless there is such a file, a regular one of at most `most`, that this process may read.
Result<void> check_regular(const std::filesystem::path& file, Bytes most);

// Returns what the file holds; errors as above. Takes no more memory than it holds, or than `most`.
Result<std::string> read_regular(const std::filesystem::path& file, Bytes most);

}  // namespace tideline
