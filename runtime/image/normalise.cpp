#include "runtime/image/prepare.h"

#include <cassert>
#include <cstring>
#include <utility>

namespace tideline::image {
namespace {

using Table = std::array<float, 256>;

// Float64, rounded once: a processor that multiplies and adds in one step has no say.
Table table_of(const Preparation& preparation, std::size_t channel) {
  Table table{};
  for (std::size_t pixel = 0; pixel < table.size(); ++pixel) {
    const double scaled = static_cast<double>(pixel) * preparation.scale;
    table[pixel] = static_cast<float>((scaled - preparation.mean[channel]) / preparation.std[channel]);
  }
  return table;
}

// One channel of one image; its numbers begin `step` floats apart.
struct Channel {
  const std::uint8_t* from;
  float* to;
  std::size_t count, pixel_size, step;
};

void fill(const Channel& channel, const Table& table) {
  for (std::size_t i = 0; i < channel.count; ++i)
    channel.to[i * channel.step] = table[channel.from[i * channel.pixel_size]];
}

}  // namespace

Tensor normalise(const Tensor& pixels, const Preparation& preparation) {
  const Shape& shape = pixels.shape();
  assert(shape.size() == 4 && shape[3] == channels(preparation));
  const auto images = static_cast<std::size_t>(shape[0]), depth = static_cast<std::size_t>(shape[3]);
  const auto area = static_cast<std::size_t>(shape[1]) * static_cast<std::size_t>(shape[2]);
  const bool planar = preparation.layout == Layout::nchw;
  const std::size_t size = pixels.bytes().size() * sizeof(float);
  std::shared_ptr<std::byte> memory = aligned_bytes(size);
  const auto* const from = reinterpret_cast<const std::uint8_t*>(pixels.bytes().data());
  auto* const to = reinterpret_cast<float*>(memory.get());
  for (std::size_t c = 0; c < depth; ++c) {
    const Table table = table_of(preparation, c);
    for (std::size_t n = 0; n < images; ++n)
      fill({from + n * area * depth + c, to + n * area * depth + (planar ? c * area : c), area, depth,
            planar ? 1 : depth},
           table);
  }
  Shape made = planar ? Shape{shape[0], shape[3], shape[1], shape[2]} : shape;
  return Tensor(DType::fp32, std::move(made), std::move(memory), size);
}

Tensor batch(std::span<const Tensor> images) {
  const Tensor& first = images.front();
  const std::size_t size = first.bytes().size();
  Shape shape = first.shape();
  shape.insert(shape.begin(), static_cast<std::int64_t>(images.size()));
  if (images.size() == 1) return Tensor(DType::uint8, std::move(shape), first.data(), size);
  std::shared_ptr<std::byte> memory = aligned_bytes(size * images.size());
  for (std::size_t i = 0; i < images.size(); ++i) {
    assert(images[i].shape() == first.shape());
    std::memcpy(memory.get() + i * size, images[i].bytes().data(), size);
  }
  return Tensor(DType::uint8, std::move(shape), std::move(memory), size * images.size());
}

}  // namespace tideline::image
