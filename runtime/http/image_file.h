// Image files in a request's body, as tensors that share its memory. Pure functions.
#pragma once

#include "runtime/base/tensor.h"
#include "runtime/http/body.h"

#include <cstddef>
#include <span>
#include <string_view>

namespace tideline::http {

// Returns the file as uint8[bytes], without a copy. REQUIRES: `file` lies in `body`.
inline Tensor image_file(const Body& body, std::span<const std::byte> file) {
  return {DType::uint8, {static_cast<std::int64_t>(file.size())}, body.share(file), file.size()};
}

inline Tensor image_file(const Body& body, std::string_view file) {
  return image_file(body, std::as_bytes(std::span(file)));
}

}  // namespace tideline::http
