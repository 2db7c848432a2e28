// Bounded JSON: parses a client's JSON document after checking that it is small and flat enough. Pure functions.
#pragma once

#include "runtime/base/budget.h"
#include "runtime/base/result.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace tideline::http {

inline constexpr std::size_t kMaxJsonDepth = 32;

// Returns the document. Returns invalid, with the place, if it is not JSON, nests deeper than kMaxJsonDepth, or holds
// more than `max_values` values: a value of two characters takes many times as much memory. Takes that memory from
// `held` first, unless it is null; returns its error if there is not enough.
Result<nlohmann::json> parse_bounded_json(std::string_view text, std::size_t max_values, Budget::Held* held = nullptr);

// Returns a client's value as a message may show it: in quotes, cut if long.
std::string shown(const nlohmann::json& value);

}  // namespace tideline::http
