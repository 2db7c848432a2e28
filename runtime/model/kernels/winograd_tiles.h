// WinogradTiles: transforms images, in tiles of 4x4 results, for Winograd's convolution, and back.
//
// The transforms are F(4x4, 3x3) of Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2015), with
// the points 0, 1, -1, 2, -2. Images are fp32 with channels last. Pure functions on memory. Thread-safe.
#pragma once

#include <cstdint>

namespace tideline::kernels {

// Places of the tiles. They are numbered along a row of tiles, then downwards, then from image to image.
struct WinogradTiles {
  static constexpr std::int64_t kSide = 4;    // Side of a tile's results.
  static constexpr std::int64_t kWindow = 6;  // Side of the input window of a tile.
  static constexpr std::int64_t kPlanes = kWindow * kWindow;

  std::int64_t images, height, width;  // Of the input.
  std::int64_t out_height, out_width;  // Of the result.
  std::int64_t above, left;            // Zeros around the input.

  std::int64_t rows() const { return (out_height + kSide - 1) / kSide; }
  std::int64_t columns() const { return (out_width + kSide - 1) / kSide; }
  std::int64_t count() const { return images * rows() * columns(); }
};

// The tiles [first, first + count). A plane has one row of channels for each of `room` tiles; the first `count` are
// used.
struct WinogradBlock {
  std::int64_t first, count, room;
};

// Final steps for a result: adds the bias, adds the old content of the target if `adds`, and clamps to [low, high]. NaN
// stays NaN.
struct WinogradFinish {
  const float* bias = nullptr;  // One per channel; null: none.
  bool adds = false;
  float low, high;
};

// Writes planes [36, room, channels] of the windows of image [images, height, width, channels].
void to_planes(const WinogradTiles& tiles, const WinogradBlock& block, std::int64_t channels, const float* image,
               float* planes);

// Writes the results [images, out_height, out_width, channels] of the planes [36, room, channels].
void from_planes(const WinogradTiles& tiles, const WinogradBlock& block, std::int64_t channels, const float* planes,
                 const WinogradFinish& finish, float* image);

}  // namespace tideline::kernels
