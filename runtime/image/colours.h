// Colours: RGB to grey and to BGR.
#pragma once

#include "runtime/image/decode.h"

#include <cstddef>
#include <cstdint>

namespace tideline::image {

// Returns the luma of RGB pixels, in the integers that PIL uses: a grey image keeps its values. Thread-safe.
Pixels grey_of(const Pixels& rgb);

// Turns RGB to BGR in place. REQUIRES: `size` is a multiple of 3.
void swap_red_and_blue(std::uint8_t* pixels, std::size_t size);

}  // namespace tideline::image
