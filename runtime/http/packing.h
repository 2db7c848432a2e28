// Packing: unpacks the body of a request before its handler sees it, and packs its answer where that pays.
#pragma once

#include "runtime/base/units.h"
#include "runtime/http/http_server.h"
#include "runtime/http/request_head.h"

#include <cstddef>
#include <functional>
#include <optional>

namespace tideline::http {

// Unpacks the body if its Content-Encoding is gzip or deflate; then the request has that header no more. Of another
// coding it is left as it is: its handler refuses it. Returns why the body is refused, as inflate() does. On error the
// body is empty.
std::optional<RequestFault> unpack(HttpRequest& request, Bytes most,
                                   const std::function<std::size_t(const Headers&)>& aligned);

// An answer that is smaller is not packed: it fits into three segments of TCP as it is.
inline constexpr std::size_t kWorthPacking = 4096;

// Returns true iff answers to the request may be packed: the client accepts gzip.
bool may_pack(const HttpRequest& request);

// Packs the answer by gzip if it is JSON or plain text of kWorthPacking or more, and becomes smaller. Never tensors in
// binary form, which hardly do.
void pack(HttpResponse& response);

}  // namespace tideline::http
