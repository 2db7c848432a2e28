// WinogradTiles: an image as tiles of 4x4 results, to and from the form in which Winograd's convolution multiplies.
//
// The transforms of F(4x4, 3x3) in Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2015), with the
// points 0, 1, -1, 2, -2. Images are fp32 with their channels last. Pure functions on memory. Thread-safe.
#pragma once

#include <cstdint>

namespace tideline {

// Where each tile lies. Tiles are counted along a row of tiles, then downwards, then from image to image.
struct WinogradTiles {
  static constexpr std::int64_t kSide = 4;    // Of the results of one tile.
  static constexpr std::int64_t kWindow = 6;  // Of what they are computed from.
  static constexpr std::int64_t kPlanes = kWindow * kWindow;

  std::int64_t images, height, width;  // What is read.
  std::int64_t out_height, out_width;  // What is written.
  std::int64_t above, left;            // Zeros around what is read.

  std::int64_t rows() const { return (out_height + kSide - 1) / kSide; }
  std::int64_t columns() const { return (out_width + kSide - 1) / kSide; }
  std::int64_t count() const { return images * rows() * columns(); }
};

// The tiles [first, first + count), and those that memory holds beside each other: a plane has one row of channels for
// each of `room` tiles, of which the first `count` are used.
struct WinogradBlock {
  std::int64_t first, count, room;
};

// What is done to a result: bias is added, what is there already is added, then it is held within [low, high].
// A result that is not a number stays so.
struct WinogradFinish {
  const float* bias = nullptr;  // As many as channels; null: none.
  bool adds = false;
  float low, high;
};

// Writes planes [36, room, channels] of the windows of image [images, height, width, channels].
void to_planes(const WinogradTiles& tiles, const WinogradBlock& block, std::int64_t channels, const float* image,
               float* planes);

// Writes the results [images, out_height, out_width, channels] of the planes [36, room, channels].
void from_planes(const WinogradTiles& tiles, const WinogradBlock& block, std::int64_t channels, const float* planes,
                 const WinogradFinish& finish, float* image);

}  // namespace tideline
