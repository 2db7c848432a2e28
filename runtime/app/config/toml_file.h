// TOML files of users: looked at before they are parsed, for the parser and what it makes call themselves once for
// every level, and would run out of stack. Internal: it shows toml++.
#pragma once

#include "runtime/base/result.h"

#include <toml++/toml.h>

#include <string>

namespace tideline {

// Returns what the file holds. Returns invalid, as "FILE:LINE: ...", when it is no TOML; or is longer than 1 MiB, has a
// line of more than 64 KiB, more than 32 dots in one or brackets more than 16 deep (outside of quotes), characters that
// control, or text over several lines.
Result<toml::table> read_toml(const std::string& file);

}  // namespace tideline
