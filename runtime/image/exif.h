// Exif: the orientation in the EXIF data of an image file.
#pragma once

#include <cstddef>
#include <span>

namespace tideline::image {

// Returns the orientation, 1 to 8, in EXIF data with or without its leading "Exif\0\0". Returns 1 when it has none or
// another number, as browsers do: such data says nothing. Thread-safe.
int exif_orientation(std::span<const std::byte> exif);

}  // namespace tideline::image
