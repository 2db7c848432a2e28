// What the fuzzer of requests and the replay of its corpus do with one input.
#pragma once

#include "runtime/http/chunked_body.h"
#include "runtime/http/request_head.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

namespace tideline::http {

struct ScannedRequest {
  int status = 0;  // Of its refusal; 0 when there is none.
  std::size_t head = 0;
  std::string body;
  std::size_t rest = 0;  // Bytes behind its end.
  bool whole = false;

  bool operator==(const ScannedRequest&) const = default;
};

inline ScannedRequest scan_in_two(std::string_view all, std::size_t split) {
  ScannedRequest scanned;
  HeadScan scan;
  auto fault = scan.see(all.substr(0, split));
  if (!fault && scan.size() == 0) fault = scan.see(all);
  if (fault) return {.status = fault->status};
  if (scan.size() == 0) return scanned;
  scanned.head = scan.size();
  const auto parsed = parse_head(all.substr(0, scan.size()));
  if (const auto* const refusal = std::get_if<RequestFault>(&parsed)) return {.status = refusal->status};
  const auto& head = std::get<RequestHead>(parsed);
  if (head.method.empty() || head.target.empty() || (head.chunked && head.length > 0)) std::abort();
  if (!head.chunked) return scanned;
  ChunkedBody chunks;
  const std::size_t middle = std::max(split, scanned.head);
  for (std::string_view part : {all.substr(scanned.head, middle - scanned.head), all.substr(middle)}) {
    for (std::string_view piece = chunks.take(part); !piece.empty(); piece = chunks.take(part)) scanned.body += piece;
    if (chunks.broken()) return {.status = chunks.broken()->status};
    scanned.rest += part.size();
  }
  scanned.whole = chunks.done();
  return scanned;
}

// The first byte says where the bytes that follow come in two: a request is read alike wherever that is, and no line
// end of its head is anything but CRLF.
inline void scan_anything(std::string_view input) {
  if (input.empty()) return;
  const std::size_t split = static_cast<unsigned char>(input[0]);
  const std::string_view all = input.substr(1);
  const ScannedRequest whole = scan_in_two(all, all.size());
  if (!(scan_in_two(all, std::min(split, all.size())) == whole)) std::abort();
  for (std::size_t i = 0; i < whole.head; ++i)
    if (all[i] == '\n' && (i == 0 || all[i - 1] != '\r')) std::abort();
}

}  // namespace tideline::http
