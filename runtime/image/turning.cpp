#include "runtime/image/turning.h"

#include <cstring>
#include <utility>

namespace tideline::image {
namespace {

// Steps between neighbours of the shown image, in stored bytes.
struct Walk {
  std::ptrdiff_t start, across, down;
};

Walk walk_through(const Turning& turning, const Pixels& stored) {
  const std::ptrdiff_t pixel = stored.channels, row = pixel * stored.width;
  const std::ptrdiff_t along = turning.flips_x ? -pixel : pixel, below = turning.flips_y ? -row : row;
  const std::ptrdiff_t start = (turning.flips_x ? row - pixel : 0) + (turning.flips_y ? row * (stored.height - 1) : 0);
  return turning.swaps ? Walk{start, below, along} : Walk{start, along, below};
}

}  // namespace

Turning turning(int orientation) {
  return {.swaps = orientation >= 5,
          .flips_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8,
          .flips_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7};
}

Window stored_window(const Turning& turning, const Window& shown, const Size& stored) {
  Window window = shown;
  if (turning.swaps) window = {shown.top, shown.left, shown.height, shown.width};
  if (turning.flips_x) window.left = stored.width - window.left - window.width;
  if (turning.flips_y) window.top = stored.height - window.top - window.height;
  return window;
}

Part turned(const Turning& turning, Part part, const Size& stored) {
  if (!turning.swaps && !turning.flips_x && !turning.flips_y) return part;
  const Pixels& from = part.pixels;
  if (turning.flips_x) part.left = stored.width - part.left - from.width;
  if (turning.flips_y) part.top = stored.height - part.top - from.height;
  if (turning.swaps) std::swap(part.left, part.top);
  const Draft to(turning.swaps ? from.height : from.width, turning.swaps ? from.width : from.height, from.channels);
  const Walk walk = walk_through(turning, from);
  for (std::int32_t y = 0; y < to.height; ++y) {
    const std::uint8_t* pixel = from.bytes.get() + walk.start + walk.down * y;
    std::uint8_t* out = to.row(y);
    for (std::int32_t x = 0; x < to.width; ++x, pixel += walk.across, out += 3) std::memcpy(out, pixel, 3);
  }
  part.pixels = to.done();
  return part;
}

}  // namespace tideline::image
