// The SHA-256 of a file: the name by which edge and cloud know that they hold the same network.
#pragma once

#include "runtime/base/result.h"

#include <filesystem>
#include <string>

namespace tideline {

// Returns 64 hex digits; invalid when the file cannot be read.
Result<std::string> sha256_of(const std::filesystem::path& file);

}  // namespace tideline
