// The manual page tideline.toml(5): the config file, with every setting, its flag and its variable.
#pragma once

#include <string>

namespace tideline::manual {

std::string settings_page();

}  // namespace tideline::manual
