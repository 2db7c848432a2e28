// The completions of agent for fish.
#pragma once

#include <string>

namespace tideline::manual {

std::string fish_completion();

}  // namespace tideline::manual
