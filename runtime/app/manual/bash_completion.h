// The completions of agent for bash.
#pragma once

#include <string>

namespace tideline::manual {

std::string bash_completion();

}  // namespace tideline::manual
