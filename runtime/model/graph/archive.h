// Archive: what can be said of a network's file before libtorch reads it, and of why libtorch could not.
#pragma once

#include "runtime/base/result.h"

#include <string>
#include <string_view>

namespace tideline {

// Returns invalid, and says why, when the file is missing or empty, is no archive of TorchScript by its first bytes,
// holds more than the memory that this process may still take, contradicts itself, or has other bytes than it was
// written with. Reads all of it once, a part at a time.
Result<void> check_archive(const std::string& file);

// Returns one sentence for a file that libtorch refused to read, given what it complained of.
Error unreadable(std::string_view complaint);

}  // namespace tideline
