#include "runtime/codec/int8_kernels.h"

#include "runtime/codec/int8.h"
#include "tests/runtime/codec/activations.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <algorithm>
#include <array>

namespace tideline::codec {
namespace {

// Runs `check` by each set of vector instructions that this processor has and Highway knows.
template <typename Check>
int on_every_target(Check check) {
  int targets = 0;
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    check(vector_kernels());
    ++targets;
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  return targets;
}

void expect_the_same(const Tensor& tensor, Zeros zeros, const Int8Kernels& kernels) {
  const auto groups = groups_of(tensor.dtype(), tensor.shape());
  ASSERT_TRUE(groups);
  const Tensor wire = encode_int8(tensor, *groups, zeros, kernels);
  const Tensor portable = encode_int8(tensor, *groups, zeros, portable_kernels());
  ASSERT_TRUE(identical(wire, portable));
  const auto back = decode_int8(spec_of(tensor), *groups, zeros, wire.bytes(), kernels);
  const auto back_portable = decode_int8(spec_of(tensor), *groups, zeros, wire.bytes(), portable_kernels());
  ASSERT_TRUE(back) << back.error().message;
  ASSERT_TRUE(back_portable) << back_portable.error().message;
  ASSERT_TRUE(identical(*back, *back_portable));
}

TEST(Int8Kernels, OnEveryTargetTheBytesAreThoseOfThePortableWay) {
  const int targets = on_every_target([](const Int8Kernels& kernels) {
    std::mt19937 random(5);
    for (const Shape& shape : kShapes)
      for (const Filling filling : kFillings)
        for (const Zeros zeros : {Zeros::kept, Zeros::dropped}) {
          SCOPED_TRACE(to_string(TensorSpec{"x", DType::fp32, shape}));
          ASSERT_NO_FATAL_FAILURE(expect_the_same(random_tensor(shape, filling, random), zeros, kernels));
        }
  });
  EXPECT_GE(targets, 1);
}

TEST(Int8Kernels, OnEveryTargetTheBytesOfRandomShapesAreThoseOfThePortableWay) {
  on_every_target([](const Int8Kernels& kernels) {
    std::mt19937 random(6);
    std::uniform_int_distribution<std::int64_t> small(1, 5), large(1, 90);
    for (int i = 0; i < 300; ++i) {
      Shape shape{small(random), 7 + large(random)};
      for (std::int64_t rank = small(random) % 4; rank > 1; --rank) shape.push_back(large(random) % 13 + 1);
      SCOPED_TRACE(to_string(TensorSpec{"x", DType::fp32, shape}));
      const Filling filling = kFillings[random() % std::size(kFillings)];
      ASSERT_NO_FATAL_FAILURE(expect_the_same(random_tensor(shape, filling, random), Zeros::dropped, kernels));
    }
  });
}

TEST(Int8Kernels, HalvesOfAStepGoToTheEvenCodeOnEveryTarget) {
  on_every_target([](const Int8Kernels& kernels) {
    std::vector<float> halves;
    for (int i = 0; i <= 510; ++i) halves.push_back(static_cast<float>(i) / 2);
    std::vector<std::uint8_t> codes(halves.size() + Int8Kernels::kRoom);
    kernels.quantise(halves, {1, 0, 255}, codes.data());
    for (std::size_t i = 0; i < halves.size(); ++i) ASSERT_EQ(codes[i], (i + (i / 2) % 2) / 2) << i;
  });
}

TEST(Int8Kernels, SomethingNotFiniteIsSeenWhereverItStandsOnEveryTarget) {
  on_every_target([](const Int8Kernels& kernels) {
    for (std::size_t size = 1; size < 150; size = size * 4 / 3 + 1)
      for (std::size_t place = 0; place < size; ++place)
        for (const float strange : {NAN, INFINITY, -INFINITY}) {
          std::vector<float> numbers(size, 1.5F);
          ASSERT_TRUE(kernels.extent(numbers).finite);
          numbers[place] = strange;
          ASSERT_FALSE(kernels.extent(numbers).finite) << place << " of " << size;
        }
  });
}

TEST(Int8Kernels, UnpackingReadsNoByteBehindTheLast) {
  on_every_target([](const Int8Kernels& kernels) {
    for (std::size_t size = 1; size <= 64; ++size) {
      const std::vector<std::uint8_t> bitmap(8, 0xff);
      // Of its very size, so that AddressSanitizer sees what reads on.
      const std::vector<std::uint8_t> packed(size, 7);
      std::vector<std::uint8_t> codes(size + Int8Kernels::kRoom, 0);
      ASSERT_EQ(kernels.unpack(packed, 3, bitmap.data(), {codes.data(), size}), size);
      ASSERT_TRUE(std::all_of(codes.begin(), codes.begin() + static_cast<std::ptrdiff_t>(size),
                              [](std::uint8_t code) { return code == 10; }));
    }
  });
}

}  // namespace
}  // namespace tideline::codec
