// TOML files of users: checks their length and depth, then parses them.
//
// The parser and its tables recurse once per level: without these limits, a file could exhaust the stack. Internal: it
// shows toml++.
#pragma once

#include "runtime/base/result.h"

#include <toml++/toml.h>

#include <string>

namespace tideline::config {

// Returns the content of the file. Returns invalid, as "FILE:LINE: ...", if it is not TOML or breaks a limit: 1 MiB, 64
// KiB per line, and outside of quotes 32 dots per line and brackets 16 deep. Control characters and text over several
// lines are refused, too.
Result<toml::table> read_toml(const std::string& file);

}  // namespace tideline::config
