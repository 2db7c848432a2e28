// Resample: makes the pixels of a resized image, first along its rows, then along its columns.
#pragma once

#include "runtime/image/part.h"
#include "runtime/image/taps.h"

#include <cstddef>
#include <cstdint>

namespace tideline::image {

// Returns the window of pixels that the taps read.
Window window_of(const Taps& across, const Taps& down);

// Writes a row of as many pixels as `across` has taps, for each tap of `down`; rows begin `stride` bytes apart. Takes
// four bytes for each number written. REQUIRES: the part holds window_of(across, down), with 1 or 3 channels.
// Thread-safe.
void resample(const Part& part, const Taps& across, const Taps& down, std::uint8_t* to, std::size_t stride);

}  // namespace tideline::image
