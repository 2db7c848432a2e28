#include "runtime/http/multipart_form.h"

#include "runtime/http/header_value.h"
#include "runtime/http/http_text.h"

#include <algorithm>

namespace tideline::http {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

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

// The headers of one part that mean something here.
struct PartHead {
  std::optional<std::string_view> disposition;
  std::optional<std::string_view> type;
  std::optional<std::string_view> encoding;

  std::optional<std::string_view>* find(std::string_view name) {
    if (name == "content-disposition") return &disposition;
    if (name == "content-type") return &type;
    if (name == "content-transfer-encoding") return &encoding;
    return nullptr;
  }
};

Result<void> read_header(std::string_view line, PartHead& head) {
  const std::size_t colon = line.find(':');
  const auto is_control = [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 0x7f; };
  // A line that begins with "--" may be a boundary where an empty line is missing.
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)) || line.starts_with("--") ||
      std::ranges::any_of(line, is_control))
    return error(ErrorKind::invalid, "{} is not a header; write it as Name: value", in_quotes(line));
  std::optional<std::string_view>* const known = head.find(lower_case(line.substr(0, colon)));
  if (!known) return {};
  if (*known)
    return error(ErrorKind::invalid, "the header {} is there twice; give it once", in_quotes(line.substr(0, colon)));
  *known = trim(line.substr(colon + 1));
  return {};
}

// Takes the headers and the empty line after them off the front of `body`.
Result<PartHead> take_head(std::string_view& body) {
  PartHead head;
  const std::string_view front = body.substr(0, kLongestPartHead);
  for (std::size_t at = 0;;) {
    const std::size_t end = front.find(kLineEnd, at);
    if (end == std::string_view::npos && front.size() < body.size())
      return error(ErrorKind::invalid, "its headers are over the limit of {} bytes; send shorter ones",
                   kLongestPartHead);
    if (end == std::string_view::npos)
      return error(ErrorKind::invalid, "the body ends within its headers; send the whole body");
    const std::string_view line = front.substr(at, end - at);
    at = end + kLineEnd.size();
    if (line.empty()) {
      body.remove_prefix(at);
      return head;
    }
    if (auto read = read_header(line, head); !read) return read.error();
  }
}

Result<std::string_view> name_of(const PartHead& head) {
  if (!head.disposition)
    return error(ErrorKind::invalid, R"(has no Content-Disposition; add: form-data; name="FIELD")");
  const auto disposition = parse_header_value(*head.disposition);
  if (!disposition) return disposition.error().within("Content-Disposition");
  const auto name = disposition->find("name");
  // A backslash could be read as itself, or as a sign that the next character is meant literally.
  if (lower_case(disposition->value) != "form-data" || !name || name->empty() || name->find('\\') != name->npos)
    return error(ErrorKind::invalid, R"(Content-Disposition is {}; write it as form-data; name="FIELD")",
                 in_quotes(*head.disposition));
  return *name;
}

Result<void> check_plain(const PartHead& head) {
  if (head.type && media_type(*head.type).starts_with("multipart/"))
    return error(ErrorKind::invalid, "is {} itself; send each file as a part of its own", in_quotes(*head.type));
  const std::string encoding = lower_case(head.encoding.value_or("binary"));
  if (encoding != "binary" && encoding != "8bit" && encoding != "7bit")
    return error(ErrorKind::invalid, "has the Content-Transfer-Encoding {}; send its bytes as they are",
                 in_quotes(encoding));
  return {};
}

enum class Boundary { next, last };

// Takes what follows "--boundary" off the front of `body`.
Result<Boundary> take_boundary_end(std::string_view& body) {
  if (body.starts_with(kLineEnd)) {
    body.remove_prefix(kLineEnd.size());
    return Boundary::next;
  }
  if (!body.starts_with("--"))
    return error(ErrorKind::invalid, "a line begins with the boundary, but does not end with it; choose another one");
  body.remove_prefix(2);
  if (!body.empty() && body != kLineEnd)
    return error(ErrorKind::invalid, "{} bytes follow the final boundary; end the body there", body.size());
  return Boundary::last;
}

// Takes the part at the front of `body`, and the delimiter after it except for its end.
Result<FormPart> take_part(std::string_view& body, std::string_view delimiter) {
  const auto head = take_head(body);
  if (!head) return head.error();
  const auto name = name_of(*head);
  if (!name) return name.error();
  if (auto plain = check_plain(*head); !plain) return plain.error().within(in_quotes(*name));
  const std::size_t end = body.find(delimiter);
  if (end == std::string_view::npos || body.starts_with(delimiter.substr(kLineEnd.size())))
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
  const std::string_view first = std::string_view(delimiter).substr(kLineEnd.size());
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
