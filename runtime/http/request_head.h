// RequestHead: what comes before the body of an HTTP/1.1 request, read strictly (RFC 9112).
//
// What two servers could read in two ways is refused, so that no proxy in front is led astray: line ends other than
// CRLF, folded lines, space before a colon, control bytes, repeated or doubtful lengths, codings other than "chunked".
// HeadScan looks at bytes as they come; parse_head() reads the whole. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace tideline {

// Why a request is not taken, as its answer says it. The connection ends with it.
struct RequestFault {
  int status = 400;
  std::string why;
};

struct RequestHead {
  std::string method;                          // "GET"
  std::string target;                          // Begins with "/", or is "*"; still percent-encoded.
  std::map<std::string, std::string> headers;  // Names in lower case; values of repeated ones joined by ", ".
  std::uint64_t length = 0;                    // Of the body; 0 where it is chunked.
  bool chunked = false;
  bool awaits_go_ahead = false;  // "Expect: 100-continue"
  bool keep_alive = true;        // Whether the client wants to ask again on this connection.

  bool has_body() const { return chunked || length > 0; }
};

// Finds the end of a head, and what is wrong with its bytes as soon as it has come.
class HeadScan {
 public:
  // Looks at what is new in `bytes`, all that has come of the request. Returns nothing iff no fault is in it.
  std::optional<RequestFault> see(std::string_view bytes);
  // The size of the head, its empty line included; 0 while that has not come. see() is not called again after it has.
  std::size_t size() const { return size_; }

 private:
  std::size_t seen_ = 0;
  std::size_t size_ = 0;
};

// Returns the head, or why it is refused. REQUIRES: `head` is what HeadScan found no fault in, its empty line included.
std::variant<RequestHead, RequestFault> parse_head(std::string_view head);

}  // namespace tideline
