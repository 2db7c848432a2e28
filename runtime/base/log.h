// Log: where a module writes messages for the operator. Passed to constructors; there is no global logger.
#pragma once

#include <spdlog/logger.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace tideline {

using Log = std::shared_ptr<spdlog::logger>;  // Thread-safe.

// Returns a log that discards everything.
Log silent_log();

inline constexpr std::size_t kLongestLine = 2048;

// Returns the format of log lines for spdlog's `pattern`. %v is the message as outside_text() returns it, at most
// kLongestLine bytes. %P is the priority as the journal reads it, such as <6>. So a peer's text can neither forge a
// line nor control a terminal, even if the caller did not clean it.
std::unique_ptr<spdlog::formatter> line_format(const std::string& pattern);

// Returns the format of a log whose lines are JSON objects: {"time","level","message"}. `prefix` is a pattern that
// stands before each. The message is cleaned as by line_format().
std::unique_ptr<spdlog::formatter> json_format(const std::string& prefix = "");

// The same, but the message is one or more members of the object in JSON, such as "status":200, and is written as it
// is. REQUIRES of the callers of the log: it is valid JSON on one line.
std::unique_ptr<spdlog::formatter> json_fields_format(const std::string& prefix = "");

// Returns text from outside as a JSON string in quotes: cleaned by outside_text(), at most `limit` bytes before quotes
// and backslashes are escaped.
std::string json_text(std::string_view text, std::size_t limit = kLongestLine);

}  // namespace tideline
