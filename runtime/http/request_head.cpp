#include "runtime/http/request_head.h"

#include "runtime/http/http_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace tideline::http {
namespace {

constexpr std::size_t kLongestHead = 64 << 10;
constexpr std::size_t kLongestTarget = 8 << 10;
constexpr std::size_t kLongestField = 16 << 10;
constexpr std::size_t kMostFields = 128;

// Returns the next line without its end, and removes it from `rest`. REQUIRES: every line of `rest` ends with CRLF.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find("\r\n");
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line;
}

// Messages about a request are logged, and a query may hold secrets.
std::string_view without_query(std::string_view text) {
  return text.substr(0, text.find('?'));
}

// "http://host:port/path" -> "/path": the form for proxies means the same here.
std::string_view origin_form(std::string_view target) {
  const std::size_t scheme = target.find("://");
  if (target.starts_with('/') || scheme == std::string_view::npos) return target;
  const std::size_t path = target.find('/', scheme + 3);
  return path == std::string_view::npos ? "/" : target.substr(path);
}

// Each function below reads one part, and returns why it is refused, or nothing.
using Fault = std::optional<RequestFault>;

Fault read_request_line(std::string_view line, RequestHead& head, bool& is_1_0) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || !is_token(line.substr(0, first)))
    return RequestFault{400, fmt::format("{} is not a request line of HTTP/1.1", in_quotes(without_query(line)))};
  const std::string_view version = line.substr(last + 1);
  if (!version.starts_with("HTTP/"))
    return RequestFault{400, fmt::format("{} is not a version of HTTP", in_quotes(version))};
  if (version != "HTTP/1.1" && version != "HTTP/1.0")
    return RequestFault{505, fmt::format("{} is not supported; use HTTP/1.1", in_quotes(version))};
  is_1_0 = version == "HTTP/1.0";
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (target.size() > kLongestTarget)
    return RequestFault{414,
                        fmt::format("the URL has {} bytes; at most {} are allowed", target.size(), kLongestTarget)};
  head.method = line.substr(0, first);
  head.target = origin_form(target);
  if (target.find_first_of(" \t") != std::string_view::npos || (!head.target.starts_with('/') && head.target != "*"))
    return RequestFault{400, fmt::format("{} is not a path", in_quotes(without_query(target)))};
  return std::nullopt;
}

// Headers that a request may have only once.
bool only_once(std::string_view name) {
  return name == "host" || name == "content-length" || name == "transfer-encoding" || name == "expect";
}

Fault read_field(std::string_view line, RequestHead& head) {
  if (line.starts_with(' ') || line.starts_with('\t'))
    return RequestFault{400, "a header is folded over several lines, which HTTP/1.1 forbids"};
  if (line.size() > kLongestField)
    return RequestFault{431, fmt::format("a header has {} bytes; at most {} are allowed", line.size(), kLongestField)};
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos)
    return RequestFault{400, fmt::format("the header {} has no colon", in_quotes(line.substr(0, line.find(' '))))};
  const std::string_view name = line.substr(0, colon);
  if (trim(name) != name)
    return RequestFault{400, fmt::format("the header {} has a space before its colon", in_quotes(trim(name)))};
  if (!is_token(name)) return RequestFault{400, fmt::format("{} is not a header name", in_quotes(name))};
  const auto [field, fresh] = head.headers.try_emplace(lower_case(name), trim(line.substr(colon + 1)));
  if (fresh) return std::nullopt;
  if (only_once(field->first)) return RequestFault{400, fmt::format("the header {} occurs twice", in_quotes(name))};
  field->second.append(", ").append(trim(line.substr(colon + 1)));
  return std::nullopt;
}

const std::string* value_of(const RequestHead& head, const char* name) {
  const auto found = head.headers.find(name);
  return found == head.headers.end() ? nullptr : &found->second;
}

Fault read_length(const std::string& text, RequestHead& head) {
  const char* const end = text.data() + text.size();
  const auto [at, wrong] = std::from_chars(text.data(), end, head.length);
  if (text.empty() || at != end || (wrong != std::errc{} && wrong != std::errc::result_out_of_range))
    return RequestFault{400, fmt::format("Content-Length is {}, which is not a number of bytes", in_quotes(text))};
  if (wrong == std::errc::result_out_of_range) return RequestFault{413, "Content-Length is too large for any memory"};
  return std::nullopt;
}

Fault read_framing(RequestHead& head, bool is_1_0) {
  const std::string* const length = value_of(head, "content-length");
  const std::string* const coding = value_of(head, "transfer-encoding");
  if (length && coding) return RequestFault{400, "the request has both Content-Length and Transfer-Encoding; send one"};
  if (length) return read_length(*length, head);
  if (!coding) return std::nullopt;
  if (is_1_0) return RequestFault{400, "HTTP/1.0 has no Transfer-Encoding"};
  if (lower_case(*coding) != "chunked")
    return RequestFault{501, fmt::format("Transfer-Encoding {} is not supported; use 'chunked'", in_quotes(*coding))};
  head.chunked = true;
  return std::nullopt;
}

Fault read_expectation(RequestHead& head, bool is_1_0) {
  const std::string* const expected = value_of(head, "expect");
  if (!expected || is_1_0) return std::nullopt;
  if (lower_case(*expected) != "100-continue")
    return RequestFault{417, fmt::format("the expectation {} is not supported", in_quotes(*expected))};
  head.awaits_go_ahead = head.has_body();
  return std::nullopt;
}

// HTTP/1.1 keeps the connection unless it says close; HTTP/1.0 closes it unless it says keep-alive.
bool keeps_alive(const RequestHead& head, bool is_1_0) {
  const std::string* const found = value_of(head, "connection");
  const std::string options = "," + lower_case(found ? *found : "") + ",";
  const auto has = [&](std::string_view option) {
    for (std::string_view rest = options; !rest.empty(); rest.remove_prefix(std::min(rest.find(',') + 1, rest.size())))
      if (trim(rest.substr(0, rest.find(','))) == option) return true;
    return false;
  };
  return !has("close") && (!is_1_0 || has("keep-alive"));
}

Fault read_head(std::string_view rest, RequestHead& head) {
  bool is_1_0 = false;
  if (auto fault = read_request_line(take_line(rest), head, is_1_0)) return fault;
  for (std::size_t fields = 0; rest != "\r\n"; ++fields) {
    if (fields == kMostFields) return RequestFault{431, fmt::format("there are more than {} headers", kMostFields)};
    if (auto fault = read_field(take_line(rest), head)) return fault;
  }
  if (!is_1_0 && !value_of(head, "host"))
    return RequestFault{400, "the header Host is missing, which HTTP/1.1 requires"};
  if (auto fault = read_framing(head, is_1_0)) return fault;
  if (auto fault = read_expectation(head, is_1_0)) return fault;
  head.keep_alive = keeps_alive(head, is_1_0);
  return std::nullopt;
}

}  // namespace

Target target_of(const RequestHead& head) {
  const std::string_view target = std::string_view(head.target).substr(0, head.target.find('#'));
  const std::size_t mark = std::min(target.find('?'), target.size());
  return {target.substr(0, mark), target.substr(std::min(mark + 1, target.size()))};
}

std::optional<RequestFault> HeadScan::see(std::string_view bytes) {
  for (; seen_ < bytes.size() && size_ == 0; ++seen_) {
    const auto byte = static_cast<unsigned char>(bytes[seen_]);
    const bool after_cr = seen_ > 0 && bytes[seen_ - 1] == '\r';
    if (after_cr != (byte == '\n'))
      return RequestFault{
          400, after_cr ? "a carriage return is not at the end of a line" : "a line ends without a carriage return"};
    if ((byte < ' ' && byte != '\r' && byte != '\n' && byte != '\t') || byte == 0x7f)
      return RequestFault{400, fmt::format("the byte 0x{:02x} is not allowed in an HTTP/1.1 request", byte)};
    if (seen_ >= kLongestHead)
      return RequestFault{431, fmt::format("the headers have more than the allowed {} bytes", kLongestHead)};
    if (byte == '\n' && bytes.substr(0, seen_ + 1).ends_with("\r\n\r\n")) size_ = seen_ + 1;
  }
  return std::nullopt;
}

std::variant<RequestHead, RequestFault> parse_head(std::string_view head) {
  if (head.starts_with("\r\n")) head.remove_prefix(2);  // Some clients end a body with an empty line.
  RequestHead parsed;
  if (auto fault = read_head(head, parsed)) return *std::move(fault);
  return parsed;
}

}  // namespace tideline::http
