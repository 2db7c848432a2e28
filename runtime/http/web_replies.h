// Web replies: the answers that are the dashboard: its page, and the files that the page loads. Pure functions.
//
// They have an ETag, and are compressed by gzip for clients that accept it. The page may load nothing from elsewhere
// and run no script of its own text (Content-Security-Policy).
#pragma once

#include "runtime/http/http_server.h"

#include <optional>
#include <string_view>

namespace tideline::http {

// Returns true iff the client asks for HTML by name, as browsers do and curl does not.
bool wants_html(const Headers& headers);

// Returns the file, or 304 if the client has it. Returns nothing if there is no such path.
std::optional<HttpResponse> web_reply(std::string_view path, const Headers& headers);

}  // namespace tideline::http
