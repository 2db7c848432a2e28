#include "runtime/image/preparation.h"

#include "runtime/image/margin.h"

#include <algorithm>
#include <cmath>

namespace tideline::image {
namespace {

// Float64 holds more than the fp32 of a network's input does.
bool representable(double value) {
  return std::isfinite(static_cast<float>(value));
}

Result<void> check_numbers(const Preparation& preparation) {
  if (!representable(preparation.scale) || preparation.scale == 0)
    return error(ErrorKind::invalid, "the scale {} is not a usable factor; write for example 0.00392156862745098",
                 preparation.scale);
  for (std::size_t i = 0; i < preparation.mean.size(); ++i) {
    if (!representable(preparation.mean[i]))
      return error(ErrorKind::invalid, "the mean {} is not a finite number", preparation.mean[i]);
    if (!representable(preparation.std[i]) || preparation.std[i] <= 0)
      return error(ErrorKind::invalid, "the standard deviation {} is not above 0", preparation.std[i]);
    for (const double pixel : {0.0, 255.0})
      if (!representable((pixel * preparation.scale - preparation.mean[i]) / preparation.std[i]))
        return error(ErrorKind::invalid, "scale, mean and standard deviation make {} of a pixel, too large for fp32",
                     (pixel * preparation.scale - preparation.mean[i]) / preparation.std[i]);
  }
  return {};
}

// What a network's input says about images; the batch may vary.
struct InputSize {
  std::int64_t channels, height, width;
};

InputSize size_in(const Shape& shape, Layout layout) {
  if (layout == Layout::nchw) return {shape[1], shape[2], shape[3]};
  return {shape[3], shape[1], shape[2]};
}

Result<void> check_channels(const Preparation& preparation, const TensorSpec& input, const InputSize& size) {
  const std::int64_t wanted = channels(preparation);
  if (size.channels == wanted) return {};
  const Layout other = preparation.layout == Layout::nchw ? Layout::nhwc : Layout::nchw;
  if (size_in(input.shape, other).channels == wanted)
    return error(ErrorKind::invalid,
                 "the network's input {} has its channels elsewhere than {} has them; set the "
                 "layout to {}",
                 to_string(input), name(preparation.layout), name(other));
  return error(ErrorKind::invalid, "the network's input {} has {} channels, and {} pixels have {}; {}",
               to_string(input), size.channels, name(preparation.colour), wanted,
               size.channels == 1   ? "set the colour to grey"
               : size.channels == 3 ? "set the colour to rgb or bgr"
                                    : "such a network takes no images");
}

bool agrees(std::int32_t own, std::int64_t of_network) {
  return own == 0 || own == of_network;
}

}  // namespace

Result<void> check(const Preparation& preparation) {
  if (preparation.width == 0 || preparation.height == 0)
    return error(ErrorKind::invalid, "the size of the network's input is not known; write its width and height");
  if (preparation.width < 0 || preparation.height < 0 || std::max(preparation.width, preparation.height) > kMostSide)
    return error(ErrorKind::invalid, "an input of {} x {} pixels is not possible; sides are 1 to {}", preparation.width,
                 preparation.height, kMostSide);
  if (preparation.resize_to < 0 || preparation.resize_to > 2 * kMostSide)
    return error(ErrorKind::invalid, "an image cannot be resized to {}; write 0 to {}", preparation.resize_to,
                 2 * kMostSide);
  return check_numbers(preparation);
}

// fmt prints the shortest digits that give the number back, in every locale. Adding zero makes +0 of -0.
std::string canonical(const Preparation& preparation) {
  const auto& mean = preparation.mean;
  const auto& std = preparation.std;
  return fmt::format("image {}x{} {} {} {} scale {} mean {} {} {} std {} {} {} {} border {}", preparation.width,
                     preparation.height, name(preparation.fit), preparation.resize_to, name(preparation.colour),
                     preparation.scale, mean[0] + 0.0, mean[1] + 0.0, mean[2] + 0.0, std[0], std[1], std[2],
                     name(preparation.layout), preparation.border);
}

Result<Preparation> sized_for(Preparation preparation, const TensorSpec& input) {
  if (input.dtype != DType::fp32 || input.shape.size() != 4)
    return error(ErrorKind::invalid, "the network's input {} is not an image; write for example fp32[*,3,224,224]",
                 to_string(input));
  const InputSize size = size_in(input.shape, preparation.layout);
  if (const Result<void> fits = check_channels(preparation, input, size); !fits) return fits.error();
  if (!agrees(preparation.width, size.width) || !agrees(preparation.height, size.height))
    return error(ErrorKind::invalid, "the network's input {} is {} x {} pixels, not {} x {}; leave the size out",
                 to_string(input), size.width, size.height, preparation.width, preparation.height);
  if (size.width > kMostSide || size.height > kMostSide)
    return error(ErrorKind::invalid, "the network's input {} is larger than {} x {}", to_string(input), kMostSide,
                 kMostSide);
  preparation.width = static_cast<std::int32_t>(size.width);
  preparation.height = static_cast<std::int32_t>(size.height);
  preparation = with_margin(preparation);
  if (const Result<void> usable = check(preparation); !usable) return usable.error();
  return preparation;
}

std::int64_t channels(const Preparation& preparation) {
  return preparation.colour == Colour::grey ? 1 : 3;
}

}  // namespace tideline::image
