#include "runtime/image/margin.h"
#include "runtime/image/preparation.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace tideline::image {
namespace {

constexpr std::array<std::string_view, 4> kPresets{"imagenet", "keras", "yolo", "raw"};

constexpr std::array<double, 3> kImagenetMean{0.485, 0.456, 0.406};
constexpr std::array<double, 3> kImagenetStd{0.229, 0.224, 0.225};

}  // namespace

std::span<const std::string_view> preset_names() {
  return kPresets;
}

Result<Preparation> preset(std::string_view name, std::int32_t width, std::int32_t height) {
  if (std::ranges::find(kPresets, name) == kPresets.end())
    return error(ErrorKind::invalid, "'{}' is not a way to prepare images; use one of {}", name,
                 fmt::join(kPresets, " "));
  if (std::min(width, height) < 0 || std::max(width, height) > kMostSide)
    return error(ErrorKind::invalid, "an input of {} x {} pixels is not possible; sides are 1 to {}", width, height,
                 kMostSide);
  Preparation made{.width = width, .height = height, .resize_to = kImagenetMargin};
  if (name == "imagenet") {
    made.mean = kImagenetMean;
    made.std = kImagenetStd;
  } else if (name == "keras") {
    made.scale = 1 / 127.5;
    made.mean = {1, 1, 1};
  } else {
    made.resize_to = 0;
    made.fit = name == "yolo" ? Fit::letterbox : Fit::stretch;
    if (name == "raw") made.scale = 1;
  }
  return with_margin(made);
}

}  // namespace tideline::image
