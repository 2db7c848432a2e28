// The version of this program, as --version, metrics and fingerprints show it.
#pragma once

#include <string>
#include <string_view>

namespace tideline::config {

std::string_view version();  // "0.1.0"
std::string version_text();  // "tideline agent 0.1.0 (libtorch 1.13.1, g++ 12.2.0)"

}  // namespace tideline::config
