#include "runtime/image/colours.h"

#include "runtime/image/part.h"

#include <utility>

namespace tideline::image {

Pixels grey_of(const Pixels& rgb) {
  const Draft grey(rgb.width, rgb.height, 1);
  const std::uint8_t* from = rgb.bytes.get();
  std::uint8_t* to = grey.row(0);
  const std::size_t count = grey.row_size() * static_cast<std::size_t>(grey.height);
  for (std::size_t i = 0; i < count; ++i, from += 3)
    to[i] = static_cast<std::uint8_t>((from[0] * 19595U + from[1] * 38470U + from[2] * 7471U + 0x8000U) >> 16U);
  return grey.done();
}

void swap_red_and_blue(std::uint8_t* pixels, std::size_t size) {
  for (std::size_t i = 0; i < size; i += 3) std::swap(pixels[i], pixels[i + 2]);
}

}  // namespace tideline::image
