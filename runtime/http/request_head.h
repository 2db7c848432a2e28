// RequestHead: the request line and headers of an HTTP/1.1 request, read strictly (RFC 9112).
//
// A request that two servers could read in two ways is refused, so that a proxy in front always agrees with this
// server. Refused are line ends other than CRLF, folded lines, space before a colon, control bytes, repeated or
// doubtful lengths, and codings other than "chunked".
// HeadScan checks bytes as they come; parse_head() reads the whole. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace tideline::http {

// Why a request is refused: status and text of the answer. The connection ends after it.
struct RequestFault {
  int status = 400;
  std::string why;
  std::string_view reason = {};  // By which it is counted: one of refusal_reasons.h; empty: it is not.
};

struct RequestHead {
  std::string method;                          // "GET"
  std::string target;                          // Begins with "/", or is "*"; still percent-encoded.
  std::map<std::string, std::string> headers;  // Names in lower case; values of repeated ones joined by ", ".
  std::uint64_t length = 0;                    // Of the body; 0 if it is chunked.
  bool chunked = false;
  bool awaits_go_ahead = false;  // "Expect: 100-continue"
  bool keep_alive = true;        // Whether the client may send another request on this connection.

  bool has_body() const { return chunked || length > 0; }
};

// The parts of a request's target, both as they came: the path, and what follows its "?". A fragment belongs to
// neither.
struct Target {
  std::string_view path;
  std::string_view query;
};
Target target_of(const RequestHead& head);  // Points into `head`.

// Finds the end of the headers, and reports a faulty byte as soon as it arrives.
class HeadScan {
 public:
  // Checks the new part of `bytes`, which are all bytes of the request so far. Returns nothing iff they have no fault.
  std::optional<RequestFault> see(std::string_view bytes);
  // The size of request line and headers, with the empty line; 0 until that has arrived. Do not call see() after that.
  std::size_t size() const { return size_; }

 private:
  std::size_t seen_ = 0;
  std::size_t size_ = 0;
};

// Returns the parsed head, or why it is refused. REQUIRES: HeadScan found no fault in `head`; it ends with its empty
// line.
std::variant<RequestHead, RequestFault> parse_head(std::string_view head);

}  // namespace tideline::http
