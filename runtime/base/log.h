// Where a room writes what an operator should know. Given by constructor; there is no global logger.
#pragma once

#include <spdlog/logger.h>

#include <memory>

namespace tideline {

using Log = std::shared_ptr<spdlog::logger>;  // Thread-safe.

// Returns a log that forgets everything.
Log silent_log();

}  // namespace tideline
