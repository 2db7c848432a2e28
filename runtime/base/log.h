// Log: where a module writes messages for the operator. Passed to constructors; there is no global logger.
#pragma once

#include <spdlog/logger.h>

#include <cstddef>
#include <memory>
#include <string>

namespace tideline {

using Log = std::shared_ptr<spdlog::logger>;  // Thread-safe.

// Returns a log that discards everything.
Log silent_log();

inline constexpr std::size_t kLongestLine = 2048;

// Returns the format of log lines for spdlog's `pattern`. %v is the message as outside_text() returns it, at most
// kLongestLine bytes. %P is the priority as the journal reads it, such as <6>. So a peer's text can neither forge a
// line nor control a terminal, even if the caller did not clean it.
std::unique_ptr<spdlog::formatter> line_format(const std::string& pattern);

}  // namespace tideline
