// Recompress: the pixels of a network's input as a JPEG, for links on which even they take too long, and back.
//
// Lossy: the network then sees other pixels than the client sent. Chroma is not subsampled (4:4:4), because that does
// most of JPEG's damage to a network's answer. The same pixels give the same bytes, and those the same pixels, on
// every machine. Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace tideline::image {

// Returns a baseline JPEG, 4:4:4, as uint8 [bytes]. The channels are taken for red, green and blue, or for grey. BGR
// comes back as BGR; its file is larger at the same loss, since blue then counts as if the eye saw it best. REQUIRES:
// `pixels` is uint8 [H,W,3] or [H,W,1]. Returns invalid when a side is above 65500 or `quality` is not within 1 to 100.
Result<Tensor> encode_jpeg(const Tensor& pixels, int quality);

// Returns uint8 [height,width,channels]. Returns corrupt, before it takes memory for pixels, when the file is no JPEG
// of exactly that size and number of channels; and when it is damaged. An orientation in the file is ignored.
Result<Tensor> decode_jpeg(std::span<const std::byte> file, std::int32_t width, std::int32_t height,
                           std::int32_t channels);

}  // namespace tideline::image
