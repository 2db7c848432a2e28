#include "runtime/http/part_head.h"

#include "runtime/http/header_value.h"
#include "runtime/http/http_text.h"

#include <algorithm>

namespace tideline::http {
namespace {

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
  const auto is_control = [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7f; };
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
Result<PartHead> take_headers(std::string_view& body) {
  PartHead head;
  const std::string_view front = body.substr(0, kLongestPartHead);
  for (std::size_t at = 0;;) {
    const std::size_t end = front.find(kFormLineEnd, at);
    if (end == std::string_view::npos && front.size() < body.size())
      return error(ErrorKind::invalid, "its headers are over the limit of {} bytes; send shorter ones",
                   kLongestPartHead);
    if (end == std::string_view::npos)
      return error(ErrorKind::invalid, "the body ends within its headers; send the whole body");
    const std::string_view line = front.substr(at, end - at);
    at = end + kFormLineEnd.size();
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

}  // namespace

Result<std::string_view> take_part_head(std::string_view& body) {
  const auto head = take_headers(body);
  if (!head) return head.error();
  const auto name = name_of(*head);
  if (!name) return name.error();
  if (auto plain = check_plain(*head); !plain) return plain.error().within(in_quotes(*name));
  return *name;
}

}  // namespace tideline::http
