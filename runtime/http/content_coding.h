// ContentCoding: bodies in gzip or deflate: which one a header names, and the bytes by zlib. Pure functions.
//
//   const auto coding = coding_of("gzip");
//   const auto plain = inflate(*coding, packed, {.most = 64_MiB}, body);
//
// "deflate" is zlib's format (RFC 1950), as HTTP says.
#pragma once

#include "runtime/base/budget.h"
#include "runtime/http/body.h"
#include "runtime/http/request_head.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tideline::http {

enum class ContentCoding { none, gzip, deflate };

// Returns the coding that a Content-Encoding names; an empty one is none. Returns nothing if it is another, or several.
std::optional<ContentCoding> coding_of(std::string_view content_encoding);

// Bounds the result of inflate(), while it grows.
struct InflateBounds {
  std::uint64_t most = 0;        // Bytes.
  std::size_t aligned = 0;       // Which of its bytes is to be aligned in memory.
  Budget::Held* held = nullptr;  // Holds the packed bytes already; takes memory before it is used. Null: no bound.
};

// Appends to `body` what `packed` unpacks to. Returns why not: 400 if it is not of that coding, ends early or goes on
// after its end; 413 if it becomes larger than the bounds allow; 503 if there is no memory now. Takes at most twice the
// memory of the result, and never more than the bounds and 64 KiB, whatever `packed` says of itself. REQUIRES: coding
// is not none, and `body` is empty.
std::optional<RequestFault> inflate(ContentCoding coding, std::span<const std::byte> packed,
                                    const InflateBounds& bounds, Body& body);

// Returns true iff an Accept-Encoding names gzip with a weight above 0. One that is missing names nothing here: an
// answer is packed only for a client that says so.
bool accepts_gzip(std::string_view accept_encoding);

// Returns `text` in gzip; nothing if that is not shorter.
std::optional<std::string> gzipped(std::string_view text);

}  // namespace tideline::http
