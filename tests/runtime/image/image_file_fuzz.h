// What must hold for any bytes that come as an image file: the fuzzer tries them, and a test replays its corpus.
#pragma once

#include "runtime/image/decode.h"
#include "runtime/image/prepare.h"
#include "runtime/image/recompress.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>

namespace tideline::image {

// Small, so that a file that claims a lot costs the fuzzer little time.
inline constexpr Limits kFuzzLimits{.pixels = 1 << 16, .bytes = 1 << 20};

inline Preparation fuzzed_preparation(unsigned choice) {
  Preparation preparation = *preset(preset_names()[choice % 4], 1 + (choice >> 2U) % 32, 1 + (choice >> 3U) % 16);
  preparation.colour = static_cast<Colour>(choice % 3);
  return preparation;
}

inline void decode_anything(std::span<const std::byte> file, const Header& header) {
  const Result<Pixels> whole = decode(file, kFuzzLimits, 0, 0), small = decode(file, kFuzzLimits, 1, 1);
  if (whole && (whole->width != header.width || whole->height != header.height)) std::abort();
  if (small && (small->width > header.width || small->height > header.height)) std::abort();
  const Result<Tensor> again = decode_jpeg(file, header.width, header.height, 3);
  if (again && header.format != Format::jpeg) std::abort();
}

// The first two bytes choose the preparation; the rest is the file.
inline void prepare_anything(std::span<const std::byte> bytes) {
  if (bytes.size() < 2) return;
  const unsigned choice = std::to_integer<unsigned>(bytes[0]) | std::to_integer<unsigned>(bytes[1]) << 8U;
  // Memory of the very size, so that AddressSanitizer sees what reads on.
  const std::size_t size = bytes.size() - 2;
  const std::unique_ptr<std::byte[]> memory(new std::byte[size]);
  std::copy(bytes.begin() + 2, bytes.end(), memory.get());
  const std::span<const std::byte> file(memory.get(), size);

  const Result<Header> header = read_header(file, kFuzzLimits);
  const Preparation preparation = fuzzed_preparation(choice);
  const Result<Tensor> pixels = prepare(file, preparation, kFuzzLimits);
  if (pixels && !header) std::abort();
  if (pixels && pixels->shape() != Shape{preparation.height, preparation.width, channels(preparation)}) std::abort();
  if (!header) return;
  if (header->width < 1 || header->height < 1 || header->orientation < 1 || header->orientation > 8) std::abort();
  decode_anything(file, *header);
}

}  // namespace tideline::image
