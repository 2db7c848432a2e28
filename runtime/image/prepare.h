// Prepare: from an image file to the input tensor of a network.
//
//     const Result<Tensor> pixels = prepare(file, preparation, Limits{});                  // uint8 [H,W,C]
//     if (!pixels) return pixels.error();
//     const Tensor input = normalise(batch(std::span(&*pixels, 1)), preparation);          // fp32 [1,C,H,W]
//
// The same file and preparation give the same bits on every machine. Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/image/file.h"
#include "runtime/image/preparation.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace tideline::image {

// Returns the pixels of the network's input: uint8 [height,width,channels], in the order of the preparation's colour.
// Returns invalid when the preparation or the file cannot be used, and corrupt when the file is damaged. Takes the
// memory that preparing_bytes() says.
Result<Tensor> prepare(std::span<const std::byte> file, const Preparation& preparation, const Limits& limits);

// Returns the most memory, in bytes, that prepare() takes for a file with this header: that of decoding, one byte for
// each decoded pixel if the network's input is grey, and five for each number of the result. REQUIRES: the preparation
// passes check().
std::size_t preparing_bytes(const Header& header, const Preparation& preparation);

// Returns the input of the network: fp32 [N,C,H,W], or [N,H,W,C] if that is the layout. Each number is computed in fp64
// and rounded once. REQUIRES: `pixels` is uint8 [N,H,W,C] with the channels of the preparation, which passes check().
Tensor normalise(const Tensor& pixels, const Preparation& preparation);

// Returns one tensor uint8 [N,H,W,C] of N images. REQUIRES: at least one; all are uint8 [H,W,C] of the same shape.
Tensor batch(std::span<const Tensor> images);

// Maps a point x of the network's input to the image: (x - offset_x) / scale_x, clipped to 0 and width; y likewise.
struct Placement {
  double scale_x = 1, scale_y = 1;
  double offset_x = 0, offset_y = 0;
  std::int32_t width = 0, height = 0;  // Of the image, as shown.
};

// REQUIRES: the preparation passes check().
Placement placement(const Header& header, const Preparation& preparation);

}  // namespace tideline::image
