#include "runtime/image/frame.h"

#include <algorithm>
#include <cmath>

namespace tideline::image {
namespace {

struct Sides {
  std::int64_t width, height;
};

// Returns the image with one of its sides exact, the other rounded down.
Sides with_width(const Sides& image, std::int64_t width) {
  return {width, image.height * width / image.width};
}

Sides with_height(const Sides& image, std::int64_t height) {
  return {image.width * height / image.height, height};
}

Sides covering(const Sides& image, const Preparation& to) {
  const bool across = to.width * image.height >= to.height * image.width;
  const Sides sides = across ? with_width(image, to.width) : with_height(image, to.height);
  return {std::max<std::int64_t>(sides.width, to.width), std::max<std::int64_t>(sides.height, to.height)};
}

Sides sides_before_crop(const Sides& image, const Preparation& to) {
  if (to.resize_to > 0) {
    const Sides sides =
        image.width <= image.height ? with_width(image, to.resize_to) : with_height(image, to.resize_to);
    if (sides.width >= to.width && sides.height >= to.height) return sides;
  }
  return covering(image, to);
}

// Returns half of the rest; where that is not whole, the even neighbour, as Python rounds.
std::int32_t half_to_even(std::int64_t rest) {
  const std::int64_t half = rest / 2;
  return static_cast<std::int32_t>(rest % 2 != 0 && half % 2 != 0 ? half + 1 : half);
}

Frame cropped_frame(const Sides& resized, const Preparation& to) {
  return {.resized_width = static_cast<std::int32_t>(resized.width),
          .resized_height = static_cast<std::int32_t>(resized.height),
          .left = half_to_even(resized.width - to.width),
          .top = half_to_even(resized.height - to.height),
          .width = to.width,
          .height = to.height};
}

Frame letterboxed_frame(const Sides& image, const Preparation& to) {
  const auto width = static_cast<double>(image.width), height = static_cast<double>(image.height);
  const double ratio = std::min(to.width / width, to.height / height);
  const auto side = [ratio](double length, std::int32_t most) {
    return std::clamp(static_cast<std::int32_t>(std::nearbyint(length * ratio)), 1, most);
  };
  const std::int32_t wide = side(width, to.width), high = side(height, to.height);
  return {.resized_width = wide,
          .resized_height = high,
          .width = wide,
          .height = high,
          .border_left = (to.width - wide) / 2,
          .border_top = (to.height - high) / 2};
}

}  // namespace

Frame frame_of(std::int32_t width, std::int32_t height, const Preparation& preparation) {
  const Sides image{width, height};
  switch (preparation.fit) {
    case Fit::crop:
      return cropped_frame(sides_before_crop(image, preparation), preparation);
    case Fit::letterbox:
      return letterboxed_frame(image, preparation);
    case Fit::stretch:
      break;
  }
  return cropped_frame({preparation.width, preparation.height}, preparation);
}

}  // namespace tideline::image
