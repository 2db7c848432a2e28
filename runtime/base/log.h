// Where a room writes what an operator should know. Given by constructor; there is no global logger.
#pragma once

#include <spdlog/logger.h>

#include <cstddef>
#include <memory>
#include <string>

namespace tideline {

using Log = std::shared_ptr<spdlog::logger>;  // Thread-safe.

// Returns a log that forgets everything.
Log silent_log();

inline constexpr std::size_t kLongestLine = 2048;

// Returns how the lines of a log are written: `pattern` is spdlog's, its %v the message as outside_text() leaves it, at
// most kLongestLine bytes of it, and its %P the priority as the journal reads it, such as <6>. So no line can be forged
// by what a peer says, or obeyed by a terminal, whatever forgot to make its text fit.
std::unique_ptr<spdlog::formatter> line_format(const std::string& pattern);

}  // namespace tideline
