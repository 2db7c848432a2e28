#include "bench/features/fixed_step.h"

#include "runtime/codec/codec.h"
#include "runtime/codec/q_block.h"
#include "runtime/codec/q_codes.h"
#include "runtime/codec/q_step.h"

#include <algorithm>
#include <cstdint>

namespace tideline {
namespace {

std::span<const float> numbers_of(const Tensor& tensor) {
  return {reinterpret_cast<const float*>(tensor.data().get()), tensor.bytes().size() / sizeof(float)};
}

// Whole planes, or whole rows of a plane that is larger than a block; as runtime/codec divides an image.
std::size_t block_of(codec::Grid grid) {
  const std::size_t whole = grid.plane <= codec::kBlock ? grid.plane : grid.width;
  return codec::kBlock / whole * whole;
}

codec::Grid grid_of(const Shape& shape) {
  const auto width = static_cast<std::size_t>(shape.back());
  return {width, shape.size() > 2 ? width * static_cast<std::size_t>(shape[shape.size() - 2]) : width};
}

}  // namespace

Result<SentTensors> own_step(plan::Codec codec, std::span<const Tensor> tensors) {
  SentTensors sent;
  for (const Tensor& tensor : tensors) {
    const Tensor wire = codec::encode(codec, tensor);
    const std::size_t size = wire.bytes().size();
    auto decoded = codec::decode(codec, {"", tensor.dtype(), tensor.shape()}, wire.data(), size);
    if (!decoded) return decoded.error();
    sent.tensors.push_back(*std::move(decoded));
    sent.bytes += size;
  }
  return sent;
}

void FixedStep::learn(std::span<const Tensor> tensors) {
  squares_.resize(tensors.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) squares_[i] += codec::mean_square(numbers_of(tensors[i]));
  ++photos_;
}

Result<SentTensors> FixedStep::through(std::span<const Tensor> tensors) const {
  SentTensors sent;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const std::span<const float> numbers = numbers_of(tensors[i]);
    const codec::Step step = codec::step_for(codec_, squares_[i] / photos_);
    std::vector<std::int16_t> codes(numbers.size());
    if (!codec::quantise(numbers, step, codes))
      return error(ErrorKind::invalid, "a number is too large for the step of other photos");
    const codec::Grid grid = grid_of(tensors[i].shape());
    std::vector<std::byte> wire(1);  // The form.
    for (std::size_t at = 0; at < codes.size(); at += block_of(grid))
      codec::encode_block(std::span(codes).subspan(at, std::min(block_of(grid), codes.size() - at)), {}, grid, wire);
    std::vector<float> restored(numbers.size());
    codec::restore(codes, step, restored);
    sent.tensors.push_back(Tensor::copy_of(DType::fp32, tensors[i].shape(), std::as_bytes(std::span(restored))));
    sent.bytes += wire.size();
  }
  return sent;
}

}  // namespace tideline
