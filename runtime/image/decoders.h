// Decoders: from the bytes of each format to pixels as the file stores them.
//
// REQUIRES, of all: the file's header was read, and has that size. Each returns corrupt when the file is damaged or cut
// short. Thread-safe.
#pragma once

#include "runtime/image/part.h"

#include <cstddef>
#include <span>

namespace tideline::image {

// Returns at least the window of the image at 1 / `reduction` of its size; see jpeg_decoder.h.
Result<Part> decode_jpeg_part(std::span<const std::byte> file, const Size& stored, int reduction, const Window& window);

// Return the whole image.
Result<Pixels> decode_png(std::span<const std::byte> file, const Size& stored);
Result<Pixels> decode_webp(std::span<const std::byte> file, const Size& stored);

}  // namespace tideline::image
