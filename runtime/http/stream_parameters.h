// Stream parameters: the stream that a request names, in its JSON or in the query of its URL.
//
// The names and values are those of Triton's sequence extension (docs/protocol/extension_sequence.md). Pure functions.
#pragma once

#include "runtime/base/result.h"
#include "runtime/engine/stream.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string_view>

namespace tideline::http {

// Both return nothing if there is no `sequence_id`, or it is 0 or empty. The number 7 and the text "7" are one stream.
// They return invalid, with a sentence for the client, if a value has another type or is too long.
Result<std::optional<engine::Stream>> stream_of_parameters(const nlohmann::json& parameters);
// Of a query as it stands in the URL, after the question mark. Also invalid if a name occurs twice.
Result<std::optional<engine::Stream>> stream_of_query(std::string_view query);

}  // namespace tideline::http
