// Multipart form: the parts of a multipart/form-data body (RFC 7578, RFC 2046), read strictly. Pure.
//
//   const auto parts = parse_multipart_form("multipart/form-data; boundary=x", body);
//   if (!parts) return parts.error();
//   for (const FormPart& part : *parts) use(part.name, part.content);
//
// A body that two servers could read in two ways is refused: bytes before the first boundary or after the last one, a
// line that only begins with the boundary, a repeated header, a part that is encoded or is multipart itself.
#pragma once

#include "runtime/base/result.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace tideline::http {

inline constexpr std::size_t kMostParts = 16;
inline constexpr std::size_t kLongestBoundary = 70;

struct FormPart {
  std::string_view name;
  std::string_view content;
};

// Returns the parts in the order of the body, as views into `body`: no byte is copied. `content_type` is the request's
// header. Returns invalid, with a sentence for the client, unless the whole body is such a form within these limits
// and that of a part's headers (part_head.h).
Result<std::vector<FormPart>> parse_multipart_form(std::string_view content_type, std::string_view body);

}  // namespace tideline::http
