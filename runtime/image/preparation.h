// Preparation: how an image becomes the input tensor of a network: size, cropping, colours, scale.
//
//     const Result<Preparation> preparation = sized_for(*preset("imagenet", 0, 0), model_input);
//     if (!preparation) return preparation.error();
//     digest.add(canonical(*preparation));
//
// A pixel p of 0 to 255 becomes (p * scale - mean) / std. Pure functions and values. Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tideline::image {

enum class Fit {
  crop,       // The shorter side becomes resize_to, and the centre is cut out.
  stretch,    // Both sides become exactly what is asked for; the aspect ratio is lost.
  letterbox,  // All of the image, centred, with a grey border where it leaves room.
};
enum class Colour { rgb, bgr, grey };
enum class Layout { nchw, nhwc };

// The value of resize_to until the size is known: 256 / 224 of the shorter side of the network's input, as the networks
// of ImageNet are tested.
inline constexpr std::int32_t kImagenetMargin = -1;

struct Preparation {
  std::int32_t width = 0, height = 0;  // Of the network's input; zero until it is known.
  Fit fit = Fit::crop;
  std::int32_t resize_to = 0;  // The shorter side before the crop. It grows until it covers the input; 0: just covers.
  Colour colour = Colour::rgb;
  double scale = 1.0 / 255;
  std::array<double, 3> mean{0, 0, 0};  // In the order of `colour`; grey uses the first. So does `std`.
  std::array<double, 3> std{1, 1, 1};
  Layout layout = Layout::nchw;
  std::uint8_t border = 114;  // The grey around a letterboxed image.

  friend bool operator==(const Preparation&, const Preparation&) = default;
};

std::string_view name(Fit fit);  // "crop"
std::string_view name(Colour colour);
std::string_view name(Layout layout);
Result<Fit> parse_fit(std::string_view text);  // The inverses of name().
Result<Colour> parse_colour(std::string_view text);
Result<Layout> parse_layout(std::string_view text);

// Returns imagenet, keras, yolo, raw; README.md says what each does.
std::span<const std::string_view> preset_names();

// Returns the preset of that name for an input of that size, or of a size that is not known yet: zero. Returns invalid
// when there is no such preset or a size is negative.
Result<Preparation> preset(std::string_view name, std::int32_t width, std::int32_t height);

// Returns invalid when an image cannot be prepared so: the size is not known or above kMostSide, a number is not
// finite, or a divisor is zero.
inline constexpr std::int32_t kMostSide = 4096;
Result<void> check(const Preparation& preparation);

// Returns one line of text that is the same on every machine. Two preparations that pass check() have the same line iff
// they are equal.
std::string canonical(const Preparation& preparation);

// Returns the preparation with the size of the network's input where its own is zero. Returns invalid unless `input` is
// fp32, of four dimensions in the preparation's layout, with its channels and size, and the result passes check().
Result<Preparation> sized_for(Preparation preparation, const TensorSpec& input);

std::int64_t channels(const Preparation& preparation);  // 1 for grey, else 3.

}  // namespace tideline::image
