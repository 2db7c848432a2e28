// CMYK: inks to light, in the integers that PIL uses.
#pragma once

#include "runtime/image/part.h"

#include <cstddef>
#include <cstdint>

namespace tideline::image {

// Returns the RGB of CMYK pixels, which JPEG files store inverted, as Adobe did. Thread-safe.
inline Pixels rgb_of_cmyk(const Draft& inks) {
  const Draft light(inks.width, inks.height, 3);
  const std::uint8_t* from = inks.row(0);
  std::uint8_t* to = light.row(0);
  const std::size_t count = static_cast<std::size_t>(light.width) * static_cast<std::size_t>(light.height);
  for (std::size_t i = 0; i < count; ++i, from += 4, to += 3) {
    const unsigned white = from[3];
    for (std::size_t colour = 0; colour < 3; ++colour) {
      const unsigned product = (255U - from[colour]) * white + 128;
      const unsigned absorbed = ((product >> 8U) + product) >> 8U;
      to[colour] = static_cast<std::uint8_t>(white > absorbed ? white - absorbed : 0);
    }
  }
  return light.done();
}

}  // namespace tideline::image
