#include "runtime/http/replies.h"

#include "runtime/http/http_text.h"

#include <nlohmann/json.hpp>

namespace tideline::http {
namespace {

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid:
    case ErrorKind::corrupt:
      return 400;
    case ErrorKind::unavailable:
    case ErrorKind::overloaded:
      return 503;
    case ErrorKind::internal:
      return 500;
  }
  return 500;
}

}  // namespace

HttpResponse json_reply(const nlohmann::json& value) {
  HttpResponse response;
  response.body = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return response;
}

HttpResponse text_reply(std::string text) {
  HttpResponse response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text);
  return response;
}

HttpResponse error_reply(int status, std::string_view why) {
  HttpResponse response;
  response.status = status;
  response.body = error_body(why);
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

HttpResponse error_reply(const Error& error) {
  HttpResponse response = error_reply(status_of(error.kind), error.message);
  const auto whole = std::chrono::ceil<std::chrono::seconds>(error.retry_after);
  for (auto& [name, value] : response.headers)
    if (name == "Retry-After" && whole.count() > 0) value = std::to_string(whole.count());
  return response;
}

}  // namespace tideline::http
