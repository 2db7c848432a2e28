// From text to JSON, strictly.
#pragma once

#include "runtime/base/result.h"

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace tideline {

// Returns invalid, saying where, when `text` is not JSON, names a key twice in one object, or is nested deeper than any
// of our formats (8). A pure function.
Result<nlohmann::json> parse_json(std::string_view text);

}  // namespace tideline
