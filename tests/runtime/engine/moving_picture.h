// A generated moving picture for lenet: a bright square that goes over a still background, one pixel per frame.
#pragma once

#include "runtime/codec/codec.h"
#include "runtime/engine/engine.h"
#include "tests/support/lenet.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tideline::engine {

// Pictures repeat after this many frames.
inline constexpr std::uint32_t kPictures = 24;

inline std::vector<Tensor> picture(std::uint32_t camera, std::uint32_t frame) {
  constexpr std::uint32_t kSide = 28;
  std::array<float, kSide * kSide> pixels{};
  const std::uint32_t left = (frame + 3 * camera) % kPictures;
  for (std::uint32_t y = 0; y < kSide; ++y)
    for (std::uint32_t x = 0; x < kSide; ++x) {
      const bool in_square = x >= left && x < left + 4 && y >= 8 + camera && y < 12 + camera;
      const auto background = static_cast<float>((7 * x + 13 * y + 31 * camera) % 29) / 58;
      pixels[y * kSide + x] = in_square ? 1.0F : background;
    }
  return {Tensor::copy_of(DType::fp32, {1, 1, kSide, kSide}, std::as_bytes(std::span(pixels)))};
}

// What a cloud answers to a request of the plan that belongs to no stream.
inline std::vector<Tensor> single_answer(const plan::Plan& plan, const std::vector<Tensor>& input) {
  const std::vector<Tensor> crossing = *lenet()->run(lenet()->head(plan.cut), input);
  std::vector<Tensor> decoded;
  for (std::size_t i = 0; i < crossing.size(); ++i) {
    const TensorSpec spec = at_batch(lenet()->cuts()[plan.cut].tensors[i], 1);
    const Tensor wire = codec::encode(plan.codec, crossing[i]);
    decoded.push_back(*codec::decode(plan.codec, spec, wire.data(), wire.bytes().size()));
  }
  return *lenet()->run(lenet()->tail(plan.cut), decoded);
}

}  // namespace tideline::engine
