// Body headers: the headers of a request that say what its body is. Pure functions.
#pragma once

#include "runtime/base/result.h"
#include "runtime/http/http_server.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tideline::http {

// The size of the JSON at the front of a body with binary tensors.
inline constexpr std::string_view kJsonSize = "Inference-Header-Content-Length";

// Returns the Content-Type; empty if there is none. Valid as long as the request.
std::string_view content_type(const HttpRequest& request);

// Returns why the body cannot be read, for an answer of status 415; nothing iff it is not encoded. (The server unpacks
// gzip and deflate before a handler sees the request.)
std::optional<std::string> encoded(const HttpRequest& request);

// Returns the value of kJsonSize; nothing if it is missing. Returns invalid if it is not a number.
Result<std::optional<std::uint64_t>> json_size(const HttpRequest& request);

// Returns at which byte of a body with these headers its binary tensors begin: after the JSON.
std::size_t tensors_begin(const Headers& headers);

}  // namespace tideline::http
