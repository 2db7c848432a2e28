// RequestWatch: looks over the shoulder of the HTTP parser for the one thing it tells too late: what a request's head
// announces of its body.
//
// Fed with every chunk that is read from one connection. Only chunks that may hold a head are searched; those of a body
// of known length are counted, not read. It never changes what the parser sees, and a head that it misses (one that
// shares its first chunk with the end of a pipelined request) costs a hint, nothing more.
// Belongs to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tideline {

struct AnnouncedBody {
  std::uint64_t length = 0;      // Content-Length.
  bool awaits_go_ahead = false;  // "Expect: 100-continue", and nothing of the body has come yet.
};

class RequestWatch {
 public:
  // Returns what the head announces whose last byte is in `chunk`; nothing when there is none or it has no body.
  std::optional<AnnouncedBody> see(std::string_view chunk);

 private:
  std::string head_;             // Of a request whose head came only in part.
  std::uint64_t body_left_ = 0;  // Bytes until the next head.
};

}  // namespace tideline
