// This file is compiled once for each set of vector instructions; the program picks the processor's best set at run
// time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/model/kernels/winograd_tiles.cpp"
#include "runtime/model/kernels/winograd_tiles.h"

#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <vector>

HWY_BEFORE_NAMESPACE();
namespace tideline::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
constexpr std::int64_t kMostLanes = 16;
using Lanes = hn::CappedTag<float, kMostLanes>;
using Row = float[kMostLanes];

constexpr auto kSide = WinogradTiles::kSide;
constexpr auto kWindow = WinogradTiles::kWindow;

// Transforms six numbers of a window, `step` apart, into the six factors.
template <typename From, typename To>
HWY_INLINE void forward(Lanes d, From from, To to) {
  const auto x0 = hn::LoadU(d, from(0)), x1 = hn::LoadU(d, from(1)), x2 = hn::LoadU(d, from(2));
  const auto x3 = hn::LoadU(d, from(3)), x4 = hn::LoadU(d, from(4)), x5 = hn::LoadU(d, from(5));
  const auto two = hn::Set(d, 2), four = hn::Set(d, 4), five = hn::Set(d, 5);
  const auto even = hn::NegMulAdd(four, x2, x4), odd = hn::NegMulAdd(four, x1, x3);
  const auto far_even = hn::Sub(x4, x2), far_odd = hn::Mul(two, hn::Sub(x3, x1));
  hn::StoreU(hn::MulAdd(four, x0, hn::NegMulAdd(five, x2, x4)), d, to(0));
  hn::StoreU(hn::Add(even, odd), d, to(1));
  hn::StoreU(hn::Sub(even, odd), d, to(2));
  hn::StoreU(hn::Add(far_even, far_odd), d, to(3));
  hn::StoreU(hn::Sub(far_even, far_odd), d, to(4));
  hn::StoreU(hn::MulAdd(four, x1, hn::NegMulAdd(five, x3, x5)), d, to(5));
}

// Transforms six products into four results.
template <typename From, typename To>
HWY_INLINE void backward(Lanes d, From from, To to) {
  const auto m0 = hn::LoadU(d, from(0)), m1 = hn::LoadU(d, from(1)), m2 = hn::LoadU(d, from(2));
  const auto m3 = hn::LoadU(d, from(3)), m4 = hn::LoadU(d, from(4)), m5 = hn::LoadU(d, from(5));
  const auto sum = hn::Add(m1, m2), difference = hn::Sub(m1, m2);
  const auto far_sum = hn::Add(m3, m4), far_difference = hn::Sub(m3, m4);
  hn::StoreU(hn::Add(m0, hn::Add(sum, far_sum)), d, to(0));
  hn::StoreU(hn::MulAdd(hn::Set(d, 2), far_difference, difference), d, to(1));
  hn::StoreU(hn::MulAdd(hn::Set(d, 4), far_sum, sum), d, to(2));
  hn::StoreU(hn::Add(hn::MulAdd(hn::Set(d, 8), far_difference, difference), m5), d, to(3));
}

// Upper left corner of a tile's results.
struct Corner {
  std::int64_t image, y, x;
};

Corner corner(const WinogradTiles& tiles, std::int64_t tile) {
  const auto columns = tiles.columns(), per_image = tiles.rows() * columns;
  const auto inside = tile % per_image;
  return {tile / per_image, inside / columns * kSide, inside % columns * kSide};
}

using Window = std::array<std::array<const float*, kWindow>, kWindow>;

// Returns the address of each pixel of a tile's window; `zeros` for pixels outside of the image.
Window window(const WinogradTiles& tiles, std::int64_t tile, std::int64_t channels, const float* image,
              const float* zeros) {
  const Corner at = corner(tiles, tile);
  Window pixels;
  for (std::int64_t i = 0; i < kWindow; ++i) {
    const auto y = at.y - tiles.above + i;
    for (std::int64_t j = 0; j < kWindow; ++j) {
      const auto x = at.x - tiles.left + j;
      const bool inside = y >= 0 && y < tiles.height && x >= 0 && x < tiles.width;
      pixels[i][j] = inside ? image + ((at.image * tiles.height + y) * tiles.width + x) * channels : zeros;
    }
  }
  return pixels;
}

void to_planes(const WinogradTiles& tiles, const WinogradBlock& block, std::int64_t channels, const float* image,
               float* planes) {
  const Lanes d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const std::vector<float> zeros(channels);
  HWY_ALIGN Row half[kWindow][kWindow];
  for (std::int64_t tile = 0; tile < block.count; ++tile) {
    const Window pixels = window(tiles, block.first + tile, channels, image, zeros.data());
    for (std::int64_t c = 0; c < channels; c += lanes) {
      for (std::int64_t j = 0; j < kWindow; ++j)
        forward(d, [&](int i) { return pixels[i][j] + c; }, [&](int i) { return half[i][j]; });
      for (std::int64_t i = 0; i < kWindow; ++i)
        forward(
            d, [&](int j) { return half[i][j]; },
            [&](int j) { return planes + ((i * kWindow + j) * block.room + tile) * channels + c; });
    }
  }
}

// Writes the part of a tile that lies within the image.
void finish_tile(const WinogradTiles& tiles, const Corner& at, std::int64_t channels, std::int64_t c,
                 const Row (&results)[kSide][kSide], const WinogradFinish& finish, float* image) {
  const Lanes d;
  const auto bias = finish.bias ? hn::LoadU(d, finish.bias + c) : hn::Zero(d);
  const auto low = hn::Set(d, finish.low), high = hn::Set(d, finish.high);
  const auto rows = std::min(kSide, tiles.out_height - at.y), columns = std::min(kSide, tiles.out_width - at.x);
  for (std::int64_t i = 0; i < rows; ++i) {
    float* out = image + ((at.image * tiles.out_height + at.y + i) * tiles.out_width + at.x) * channels + c;
    for (std::int64_t j = 0; j < columns; ++j, out += channels) {
      auto value = hn::Add(hn::Load(d, results[i][j]), bias);
      if (finish.adds) value = hn::Add(value, hn::LoadU(d, out));
      value = hn::IfThenElse(hn::Lt(value, low), low, value);
      hn::StoreU(hn::IfThenElse(hn::Gt(value, high), high, value), d, out);
    }
  }
}

void from_planes(const WinogradTiles& tiles, const WinogradBlock& block, std::int64_t channels, const float* planes,
                 const WinogradFinish& finish, float* image) {
  const Lanes d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  HWY_ALIGN Row half[kSide][kWindow];
  HWY_ALIGN Row results[kSide][kSide];
  for (std::int64_t tile = 0; tile < block.count; ++tile) {
    const Corner at = corner(tiles, block.first + tile);
    for (std::int64_t c = 0; c < channels; c += lanes) {
      for (std::int64_t j = 0; j < kWindow; ++j)
        backward(
            d, [&](int i) { return planes + ((i * kWindow + j) * block.room + tile) * channels + c; },
            [&](int i) { return half[i][j]; });
      for (std::int64_t i = 0; i < kSide; ++i)
        backward(d, [&](int j) { return half[i][j]; }, [&](int j) { return results[i][j]; });
      finish_tile(tiles, at, channels, c, results, finish, image);
    }
  }
}

}  // namespace
}  // namespace tideline::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tideline::kernels {

HWY_EXPORT(to_planes);
HWY_EXPORT(from_planes);

void to_planes(const WinogradTiles& tiles, const WinogradBlock& block, std::int64_t channels, const float* image,
               float* planes) {
  HWY_DYNAMIC_DISPATCH(to_planes)(tiles, block, channels, image, planes);
}

void from_planes(const WinogradTiles& tiles, const WinogradBlock& block, std::int64_t channels, const float* planes,
                 const WinogradFinish& finish, float* image) {
  HWY_DYNAMIC_DISPATCH(from_planes)(tiles, block, channels, planes, finish, image);
}

}  // namespace tideline::kernels
#endif
