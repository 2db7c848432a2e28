#include "runtime/http/body_headers.h"

#include "runtime/http/content_coding.h"
#include "runtime/http/http_text.h"

#include <charconv>

namespace tideline::http {
namespace {

const std::string* header(const Headers& headers, std::string_view name) {
  const auto found = headers.find(lower_case(name));
  return found == headers.end() ? nullptr : &found->second;
}

std::optional<std::uint64_t> bytes_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  return wrong == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

}  // namespace

std::string_view content_type(const HttpRequest& request) {
  const std::string* type = header(request.headers, "Content-Type");
  return type ? std::string_view(*type) : std::string_view();
}

std::optional<std::string> encoded(const HttpRequest& request) {
  const std::string* encoding = header(request.headers, "Content-Encoding");
  if (!encoding || coding_of(*encoding) == ContentCoding::none) return std::nullopt;
  return fmt::format("Content-Encoding {} is not supported; send the body in gzip or deflate, or as it is",
                     in_quotes(*encoding));
}

Result<std::optional<std::uint64_t>> json_size(const HttpRequest& request) {
  const std::string* text = header(request.headers, kJsonSize);
  if (!text) return std::optional<std::uint64_t>{};
  const auto size = bytes_in(*text);
  if (!size) return error(ErrorKind::invalid, "{} is {}, which is not a number of bytes", kJsonSize, in_quotes(*text));
  return size;
}

std::size_t tensors_begin(const Headers& headers) {
  const std::string* text = header(headers, kJsonSize);
  return text ? bytes_in(*text).value_or(0) : 0;
}

}  // namespace tideline::http
