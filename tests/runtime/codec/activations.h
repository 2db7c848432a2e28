// Tensors like those that cross a cut, and unlike them.
#pragma once

#include "runtime/base/tensor.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace tideline::codec {

enum class Filling {
  spread,     // Normal numbers about a mean of their own group's.
  rectified,  // The same with what is negative at 0.
  sparse,     // One number in ten, the others 0.
  zeros,
  constant,
  huge,     // Up to the largest floats, of both signs.
  tiny,     // Around the smallest.
  strange,  // Now and then NaN or an infinity.
};

inline constexpr Filling kFillings[] = {Filling::spread,   Filling::rectified, Filling::sparse, Filling::zeros,
                                        Filling::constant, Filling::huge,      Filling::tiny,   Filling::strange};

inline std::vector<float> random_numbers(std::size_t count, Filling filling, std::mt19937& random) {
  std::normal_distribution<float> normal(0.5F, 2.0F);
  std::uniform_real_distribution<float> share(0, 1);
  const float constant = normal(random);
  const auto strange = [&] {
    const float chance = share(random);
    return chance < 0.5F ? NAN : chance < 0.75F ? INFINITY : -INFINITY;
  };
  std::vector<float> numbers(count);
  for (float& x : numbers) {
    x = normal(random);
    if (filling == Filling::rectified) x = std::max(x, 0.0F);
    if (filling == Filling::sparse && share(random) > 0.1F) x = 0;
    if (filling == Filling::zeros) x = 0;
    if (filling == Filling::constant) x = constant;
    if (filling == Filling::huge) x = (2 * share(random) - 1) * 3.4e38F;
    if (filling == Filling::tiny) x *= 1e-38F;
    if (filling == Filling::strange && share(random) < 0.05F) x = strange();
  }
  return numbers;
}

inline Tensor tensor_of(Shape shape, std::span<const float> numbers) {
  return Tensor::copy_of(DType::fp32, std::move(shape), std::as_bytes(numbers));
}

inline Tensor random_tensor(const Shape& shape, Filling filling, std::mt19937& random) {
  std::size_t count = 1;
  for (const std::int64_t size : shape) count *= static_cast<std::size_t>(size);
  return tensor_of(shape, random_numbers(count, filling, random));
}

inline TensorSpec spec_of(const Tensor& tensor) {
  return {"x", tensor.dtype(), tensor.shape()};
}

// Shapes of all kinds that become codes, odd sizes and batches among them.
inline const std::vector<Shape> kShapes{{1, 8},         {3, 9},        {2, 131},        {1, 4096},       {2, 5, 7},
                                        {2, 3, 200},    {1, 197, 64},  {1, 2, 7, 7},    {2, 3, 13, 13},  {1, 5, 14, 14},
                                        {1, 1, 70, 71}, {2, 33, 2, 2}, {1, 2, 3, 4, 5}, {1, 1, 3, 4, 31}};

}  // namespace tideline::codec
