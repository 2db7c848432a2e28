#include "runtime/http/multipart_form.h"

#include "runtime/http/header_value.h"
#include "runtime/http/http_text.h"
#include "runtime/http/part_head.h"

#include <algorithm>

namespace tideline::http {
namespace {

// RFC 2046, 5.1.1: the characters of a boundary.
bool may_bound(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
}

Result<std::string_view> boundary_of(std::string_view content_type) {
  if (media_type(content_type) != "multipart/form-data")
    return error(ErrorKind::invalid, "Content-Type is {}; send multipart/form-data", in_quotes(content_type));
  const auto parsed = parse_header_value(content_type);
  if (!parsed) return parsed.error().within("Content-Type");
  const auto boundary = parsed->find("boundary");
  if (!boundary)
    return error(ErrorKind::invalid,
                 "Content-Type has no boundary; let the client's library write this header, or add boundary=TEXT");
  if (boundary->empty() || boundary->size() > kLongestBoundary || boundary->back() == ' ' ||
      !std::ranges::all_of(*boundary, may_bound))
    return error(ErrorKind::invalid, "the boundary {} is not one; use 1 to {} letters and digits", in_quotes(*boundary),
                 kLongestBoundary);
  return *boundary;
}

enum class Boundary { next, last };

// Takes what follows "--boundary" off the front of `body`.
Result<Boundary> take_boundary_end(std::string_view& body) {
  if (body.starts_with(kFormLineEnd)) {
    body.remove_prefix(kFormLineEnd.size());
    return Boundary::next;
  }
  if (!body.starts_with("--"))
    return error(ErrorKind::invalid, "a line begins with the boundary, but does not end with it; choose another one");
  body.remove_prefix(2);
  if (!body.empty() && body != kFormLineEnd)
    return error(ErrorKind::invalid, "{} bytes follow the final boundary; end the body there", body.size());
  return Boundary::last;
}

// Takes the part at the front of `body`, and the delimiter after it except for its end.
Result<FormPart> take_part(std::string_view& body, std::string_view delimiter) {
  const auto name = take_part_head(body);
  if (!name) return name.error();
  const std::size_t end = body.find(delimiter);
  if (end == std::string_view::npos || body.starts_with(delimiter.substr(kFormLineEnd.size())))
    return error(ErrorKind::invalid, "{} does not end; write a line end and the boundary after its bytes",
                 in_quotes(*name));
  const FormPart part{*name, body.substr(0, end)};
  body.remove_prefix(end + delimiter.size());
  return part;
}

}  // namespace

Result<std::vector<FormPart>> parse_multipart_form(std::string_view content_type, std::string_view body) {
  const auto boundary = boundary_of(content_type);
  if (!boundary) return boundary.error();
  const std::string delimiter = "\r\n--" + std::string(*boundary);
  const std::string_view first = std::string_view(delimiter).substr(kFormLineEnd.size());
  if (!body.starts_with(first))
    return error(ErrorKind::invalid, "the body does not begin with the boundary {}; send a multipart/form-data body",
                 in_quotes(first));
  body.remove_prefix(first.size());

  std::vector<FormPart> parts;
  for (;;) {
    const auto boundary_end = take_boundary_end(body);
    if (!boundary_end) return boundary_end.error();
    if (*boundary_end == Boundary::last) return parts;
    if (parts.size() == kMostParts)
      return error(ErrorKind::invalid, "the form has more than {} parts; send fewer fields", kMostParts);
    auto part = take_part(body, delimiter);
    if (!part) return part.error().within(fmt::format("part {} of the form", parts.size() + 1));
    parts.push_back(*part);
  }
}

}  // namespace tideline::http
