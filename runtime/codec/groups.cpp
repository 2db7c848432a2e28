#include "runtime/codec/groups.h"

namespace tideline::codec {
namespace {

constexpr std::uint64_t kStretch = 128;     // Of a row: an outlier affects at most this many numbers.
constexpr std::uint64_t kShortest = 32;     // A scale of its own does not pay for a shorter run.
constexpr std::uint64_t kTiniestImage = 8;  // A scale does not pay for a smaller image.

std::uint64_t product(const Shape& shape, std::size_t from) {
  std::uint64_t product = 1;
  for (std::size_t i = from; i < shape.size(); ++i) product *= static_cast<std::uint64_t>(shape[i]);
  return product;
}

}  // namespace

std::optional<Groups> groups_of(DType dtype, const Shape& shape) {
  if (dtype != DType::fp32 || shape.size() < 2) return std::nullopt;
  const auto images = static_cast<std::uint64_t>(shape[0]);
  const std::uint64_t image = product(shape, 1);
  if (image < kTiniestImage) return std::nullopt;
  const std::uint64_t run = product(shape, shape.size() == 2 ? 1 : 2);
  if (run < kShortest) return Groups{images, image, kStretch};
  return Groups{image / run * images, run, shape.size() > 3 ? Groups::kMost : kStretch};
}

}  // namespace tideline::codec
