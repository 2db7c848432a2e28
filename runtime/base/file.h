// Files: opens and reads files from outside; refuses anything but regular files up to a size limit.
//
// Links are followed. Errors are invalid; they name the file, the reason and, where possible, the remedy. Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/units.h"

#include <filesystem>
#include <string>

namespace tideline {

// Returns an error unless `file` is a regular file of at most `most` bytes that this process may read.
Result<void> check_regular(const std::filesystem::path& file, Bytes most);

// Returns the content of the file; errors as above. Takes no more memory than the content, and no more than `most`.
Result<std::string> read_regular(const std::filesystem::path& file, Bytes most);

}  // namespace tideline
