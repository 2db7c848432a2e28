// Replies: makes HTTP responses of JSON, of text, and of errors. Pure functions.
#pragma once

#include "runtime/base/result.h"
#include "runtime/http/http_server.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace tideline::http {

// How a client of a protocol is told of an error.
enum class ErrorForm {
  oip,         // {"error": why}
  torchserve,  // {"code": 400, "type": "BadRequestException", "message": why}
  deepstack,   // {"success": false, "error": why, "code": 400}
};

HttpResponse json_reply(const nlohmann::json& value);
HttpResponse text_reply(std::string text);

// An error in that form, with Retry-After if the status is 503.
HttpResponse error_reply(int status, std::string_view why, ErrorForm form = ErrorForm::oip);

// The status follows from the error's kind. Retry-After is the error's retry_after in seconds, rounded up, if it has
// one.
HttpResponse error_reply(const Error& error, ErrorForm form = ErrorForm::oip);

}  // namespace tideline::http
