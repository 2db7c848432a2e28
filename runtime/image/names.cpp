#include "runtime/image/file.h"
#include "runtime/image/preparation.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace tideline::image {
namespace {

// Each in the order of its enum's values.
constexpr std::array<std::string_view, 3> kFits{"crop", "stretch", "letterbox"};
constexpr std::array<std::string_view, 3> kColours{"rgb", "bgr", "grey"};
constexpr std::array<std::string_view, 2> kLayouts{"nchw", "nhwc"};
constexpr std::array<std::string_view, 3> kFormats{"JPEG", "PNG", "WebP"};

template <typename Enum, std::size_t n>
Result<Enum> parse_name(const std::array<std::string_view, n>& names, std::string_view text, std::string_view what) {
  const auto* const found = std::ranges::find(names, text);
  if (found != names.end()) return static_cast<Enum>(found - names.begin());
  return error(ErrorKind::invalid, "'{}' is not a {}; use one of {}", text, what, fmt::join(names, " "));
}

}  // namespace

std::string_view name(Fit fit) {
  return kFits[static_cast<std::size_t>(fit)];
}

std::string_view name(Colour colour) {
  return kColours[static_cast<std::size_t>(colour)];
}

std::string_view name(Layout layout) {
  return kLayouts[static_cast<std::size_t>(layout)];
}

std::string_view name(Format format) {
  return kFormats[static_cast<std::size_t>(format)];
}

Result<Fit> parse_fit(std::string_view text) {
  return parse_name<Fit>(kFits, text, "way to fit an image");
}

Result<Colour> parse_colour(std::string_view text) {
  return parse_name<Colour>(kColours, text, "colour");
}

Result<Layout> parse_layout(std::string_view text) {
  return parse_name<Layout>(kLayouts, text, "layout");
}

}  // namespace tideline::image
