// What must hold for any bytes that come as a recompressed image: the fuzzer tries them, and a test replays its corpus.
#pragma once

#include "runtime/image/recompress.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>

namespace tideline::image {

// The first three bytes choose width, height and channels; the rest is the file.
inline void decode_any_jpeg(std::span<const std::byte> bytes) {
  if (bytes.size() < 3) return;
  const std::int32_t width = std::to_integer<int>(bytes[0]) + 1, height = std::to_integer<int>(bytes[1]) + 1;
  const std::int32_t channels = std::to_integer<int>(bytes[2]) % 5;
  const std::size_t size = bytes.size() - 3;
  const std::unique_ptr<std::byte[]> memory(new std::byte[size]);
  std::copy(bytes.begin() + 3, bytes.end(), memory.get());
  const Result<Tensor> pixels = decode_jpeg({memory.get(), size}, width, height, channels);
  if (!pixels) return;
  if (pixels->shape() != Shape{height, width, channels}) std::abort();
  if (pixels->bytes().size() != static_cast<std::size_t>(width) * height * channels) std::abort();
  const Result<Tensor> again = encode_jpeg(*pixels, 90);
  if (!again || !decode_jpeg(again->bytes(), width, height, channels)) std::abort();
}

}  // namespace tideline::image
