// Turning: from the pixels that a file stores to the image as shown.
#pragma once

#include "runtime/image/part.h"

namespace tideline::image {

// Where the shown pixel (x, y) is stored: first x and y swap, then each may count from the far end.
struct Turning {
  bool swaps = false;
  bool flips_x = false, flips_y = false;  // Along the stored width and height.
};

// Returns how an image of that EXIF orientation turns. REQUIRES: 1 to 8. Thread-safe.
Turning turning(int orientation);

// Returns where the window of a shown image lies in the stored one of that size. Thread-safe.
Window stored_window(const Turning& turning, const Window& shown, const Size& stored);

// Returns the part as shown, of a part of a stored image of that size. It may share the memory. Thread-safe.
Part turned(const Turning& turning, Part part, const Size& stored);

}  // namespace tideline::image
