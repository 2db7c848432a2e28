// Archive: checks a network's file before libtorch reads it, and explains why libtorch could not read it.
#pragma once

#include "runtime/base/result.h"

#include <string>
#include <string_view>

namespace tideline::graph {

// Returns invalid, with the reason, when the file is missing or empty, or does not begin like a TorchScript archive.
// Also when it is larger than the memory that this process may still take, contradicts itself, or has other bytes than
// were written. Reads the whole file once, in parts.
Result<void> check_archive(const std::string& file);

// Returns one sentence for a file that libtorch could not read, from libtorch's `complaint`.
Error unreadable(std::string_view complaint);

}  // namespace tideline::graph
