// Replies: the few kinds of answer that every door gives.
#pragma once

#include "runtime/base/result.h"
#include "runtime/http/http_server.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace tideline {

HttpResponse json_reply(const nlohmann::json& value);
HttpResponse text_reply(std::string text);

// {"error": why}, with Retry-After when the status is 503.
HttpResponse error_reply(int status, std::string_view why);

// The status says what the error's kind says: whose fault it is and whether to come again; Retry-After in how many
// seconds, rounded up, where the error knows.
HttpResponse error_reply(const Error& error);

}  // namespace tideline
