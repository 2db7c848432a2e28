// Manual: the manual pages and the completions by their names.
//
//   if (const auto text = manual("agent.1")) std::fputs(text->c_str(), stdout);
#pragma once

#include "runtime/base/result.h"

#include <string>
#include <string_view>

namespace tideline::manual {

// "agent.1" and "tideline.toml.5" are pages in roff; "bash", "zsh" and "fish" are scripts that complete the command
// line of agent. Returns invalid, with these names, for any other.
Result<std::string> manual(std::string_view name);

}  // namespace tideline::manual
