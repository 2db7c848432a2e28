// Bounded JSON: a document from outside, read only after it was seen to be small and flat enough.
#pragma once

#include "runtime/base/budget.h"
#include "runtime/base/result.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace tideline {

inline constexpr std::size_t kMaxJsonDepth = 32;

// Returns the document; invalid, saying where, when it is no JSON, nests deeper than kMaxJsonDepth, or holds more than
// `max_values` values: each costs memory many times its two characters. That is taken from `held` first, unless that is
// null; an error as it gives where there is not enough.
Result<nlohmann::json> parse_bounded_json(std::string_view text, std::size_t max_values, Budget::Held* held = nullptr);

// Returns a value of a client's as a message may show it: in quotes, cut when long.
std::string shown(const nlohmann::json& value);

}  // namespace tideline
