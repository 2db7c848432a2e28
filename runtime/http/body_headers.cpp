#include "runtime/http/body_headers.h"

#include "runtime/http/http_text.h"

#include <charconv>

namespace tideline::http {
namespace {

const std::string* header(const HttpRequest& request, std::string_view name) {
  const auto found = request.headers.find(lower_case(name));
  return found == request.headers.end() ? nullptr : &found->second;
}

}  // namespace

std::string_view content_type(const HttpRequest& request) {
  const std::string* type = header(request, "Content-Type");
  return type ? std::string_view(*type) : std::string_view();
}

std::optional<std::string> encoded(const HttpRequest& request) {
  const std::string* encoding = header(request, "Content-Encoding");
  if (!encoding || lower_case(*encoding) == "identity") return std::nullopt;
  return fmt::format("Content-Encoding {} is not supported; send the body without it", in_quotes(*encoding));
}

Result<std::optional<std::uint64_t>> json_size(const HttpRequest& request) {
  const std::string* text = header(request, kJsonSize);
  if (!text) return std::optional<std::uint64_t>{};
  std::uint64_t size = 0;
  const auto [end, wrong] = std::from_chars(text->data(), text->data() + text->size(), size);
  if (wrong != std::errc{} || end != text->data() + text->size())
    return error(ErrorKind::invalid, "{} is {}, which is not a number of bytes", kJsonSize, in_quotes(*text));
  return std::optional<std::uint64_t>{size};
}

}  // namespace tideline::http
