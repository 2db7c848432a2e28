// RepositoryRequest: the body of a request for the list of models (Triton's model repository extension). Pure.
#pragma once

#include "runtime/base/result.h"

#include <string_view>

namespace tideline::http {

// Returns whether only models that are ready are asked for: {"ready": true}. An empty body asks for all, and unknown
// members are ignored. Returns invalid, with a sentence for the client, if the body is not a small JSON object, or
// `ready` is neither true nor false.
Result<bool> only_ready(std::string_view body);

}  // namespace tideline::http
