// Image files in a request's body, as tensors that share its memory. Pure functions.
#pragma once

#include "runtime/base/tensor.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace tideline::http {

// The body of a request; the tensors made of its parts keep it alive.
using SharedBody = std::shared_ptr<const std::string>;

inline SharedBody share(std::string body) {
  return std::make_shared<const std::string>(std::move(body));
}

// Returns the file as uint8[bytes], without a copy. REQUIRES: `file` lies in `body`.
inline Tensor image_file(const SharedBody& body, std::span<const std::byte> file) {
  return {DType::uint8, {static_cast<std::int64_t>(file.size())}, {body, file.data()}, file.size()};
}

inline Tensor image_file(const SharedBody& body, std::string_view file) {
  return image_file(body, std::as_bytes(std::span(file)));
}

}  // namespace tideline::http
