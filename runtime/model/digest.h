// The SHA-256 of a file: the name by which edge and cloud know that they hold the same network, cut alike.
#pragma once

#include "runtime/base/result.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace tideline {

// Returns 64 hex digits of the file and of `more` behind it; invalid when the file cannot be read.
Result<std::string> sha256_of(const std::filesystem::path& file, std::string_view more = {});

}  // namespace tideline
