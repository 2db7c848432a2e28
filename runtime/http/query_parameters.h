// Query parameters: what a request without JSON asks for in its URL. Pure functions.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/time.h"
#include "runtime/engine/engine.h"

#include <string_view>

namespace tideline::http {

// Returns a request that came then, without its inputs: its stream (stream_parameters.h), deadline and priority
// (urgency.h), from the query as it stands in the URL, after the question mark. Returns errors as those do.
Result<engine::InferRequest> parameters_of_query(std::string_view query, TimePoint received);

}  // namespace tideline::http
