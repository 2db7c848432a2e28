// The completions of agent for zsh.
#pragma once

#include <string>

namespace tideline::manual {

std::string zsh_completion();

}  // namespace tideline::manual
