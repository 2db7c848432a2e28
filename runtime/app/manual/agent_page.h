// The manual page agent(1): modes, their options, environment, files and exit codes.
#pragma once

#include <string>

namespace tideline::manual {

std::string agent_page();

}  // namespace tideline::manual
