// JSON text: parses text into JSON, strictly.
#pragma once

#include "runtime/base/result.h"

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace tideline::table {

// Returns invalid, with the place, if `text` is not JSON, repeats a key in an object, or is nested more than 8 levels
// deep (no format of ours is deeper). A pure function. Thread-safe.
Result<nlohmann::json> parse_json(std::string_view text);

}  // namespace tideline::table
