// Part head: the headers of one part of a multipart form, read strictly. Pure.
#pragma once

#include "runtime/base/result.h"

#include <cstddef>
#include <string_view>

namespace tideline::http {

inline constexpr std::string_view kFormLineEnd = "\r\n";
inline constexpr std::size_t kLongestPartHead = 8 << 10;

// Takes the headers and the empty line after them off the front of `body`, and returns the part's name, a view into it.
// Returns invalid, with a sentence for the client, unless they are within the limit, name the part once, and say that
// its bytes are plain: neither encoded nor multipart themselves.
Result<std::string_view> take_part_head(std::string_view& body);

}  // namespace tideline::http
