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
    case ErrorKind::no_reference:
      return 503;
    case ErrorKind::internal:
      return 500;
  }
  return 500;
}

std::string as_text(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// The name that TorchServe has for an error of that status.
std::string_view torchserve_type(int status) {
  switch (status) {
    case 404:
      return "ResourceNotFoundException";
    case 405:
      return "MethodNotAllowedException";
    case 503:
      return "ServiceUnavailableException";
    default:
      return status < 500 ? "BadRequestException" : "InternalServerException";
  }
}

std::string body_of(int status, std::string_view why, ErrorForm form) {
  switch (form) {
    case ErrorForm::torchserve:
      return as_text({{"code", status}, {"type", torchserve_type(status)}, {"message", why}});
    case ErrorForm::deepstack:
      return as_text({{"success", false}, {"error", why}, {"code", status}});
    case ErrorForm::oip:
      return error_body(why);
  }
  return error_body(why);
}

}  // namespace

HttpResponse json_reply(const nlohmann::json& value) {
  HttpResponse response;
  response.body = as_text(value);
  return response;
}

HttpResponse text_reply(std::string text) {
  HttpResponse response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text);
  return response;
}

HttpResponse error_reply(int status, std::string_view why, ErrorForm form) {
  HttpResponse response;
  response.status = status;
  response.body = body_of(status, why, form);
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

HttpResponse error_reply(const Error& error, ErrorForm form) {
  HttpResponse response = error_reply(status_of(error.kind), error.message, form);
  const auto whole = std::chrono::ceil<std::chrono::seconds>(error.retry_after);
  for (auto& [name, value] : response.headers)
    if (name == "Retry-After" && whole.count() > 0) value = std::to_string(whole.count());
  return response;
}

}  // namespace tideline::http
