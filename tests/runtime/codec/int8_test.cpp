#include "runtime/codec/int8.h"

#include "runtime/codec/codec.h"
#include "tests/runtime/codec/activations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

namespace tideline::codec {
namespace {

constexpr plan::Codec kBoth[] = {plan::Codec::int8, plan::Codec::int8z};
constexpr float kLargest = std::numeric_limits<float>::max();

Tensor back_from(plan::Codec codec, const Tensor& tensor) {
  const Tensor wire = encode(codec, tensor);
  Result<Tensor> back = decode(codec, spec_of(tensor), wire.data(), wire.bytes().size());
  EXPECT_TRUE(back) << back.error().message;
  return back ? *back : Tensor();
}

std::vector<float> row_back(plan::Codec codec, std::vector<float> row) {
  row.resize(std::max<std::size_t>(row.size(), 8));  // Shorter rows are not quantised.
  const Tensor back = back_from(codec, tensor_of({1, static_cast<std::int64_t>(row.size())}, row));
  return {back.floats().begin(), back.floats().end()};
}

Result<Tensor> decoded(plan::Codec codec, const TensorSpec& spec, const std::vector<std::byte>& wire) {
  // Memory of the very size, so that AddressSanitizer sees what reads on.
  const std::shared_ptr<std::byte[]> memory(new std::byte[wire.size()]);
  std::ranges::copy(wire, memory.get());
  return decode(codec, spec, std::shared_ptr<const std::byte>(memory, memory.get()), wire.size());
}

std::vector<std::byte> bytes_of(const Tensor& wire) {
  return {wire.bytes().begin(), wire.bytes().end()};
}

std::vector<std::byte> golden(const std::string& name) {
  std::ifstream file(std::string(TIDELINE_SOURCE) + "/tests/runtime/codec/golden/" + name + ".hex");
  std::vector<std::byte> bytes;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    for (std::string word; words >> word;) bytes.push_back(static_cast<std::byte>(std::stoi(word, nullptr, 16)));
  }
  return bytes;
}

Tensor golden_tensor() {
  return tensor_of({1, 9}, std::vector<float>{0, 10.5F, 0, -21, 106.5F, 0, 0, 0, 0});
}

TEST(Int8, TheWireFormIsByteForByteTheGoldenOne) {
  EXPECT_EQ(bytes_of(encode(plan::Codec::int8, golden_tensor())), golden("int8"));
  EXPECT_EQ(bytes_of(encode(plan::Codec::int8z, golden_tensor())), golden("int8z"));
}

TEST(Int8, TheGoldenWireFormsMeanTheSame) {
  const auto kept = decoded(plan::Codec::int8, spec_of(golden_tensor()), golden("int8"));
  const auto dropped = decoded(plan::Codec::int8z, spec_of(golden_tensor()), golden("int8z"));
  ASSERT_TRUE(kept && dropped);
  EXPECT_TRUE(identical(*kept, golden_tensor()));
  EXPECT_TRUE(identical(*dropped, golden_tensor()));
}

// What is promised of each group: at most half a step off, where a step is a 255th of its range and 0.
TEST(Int8, NoNumberIsOffByMoreThanHalfAStepOfItsGroup) {
  std::mt19937 random(1);
  for (const plan::Codec codec : kBoth)
    for (const Shape& shape : kShapes)
      for (const Filling filling : kFillings) {
        if (filling == Filling::strange || filling == Filling::huge) continue;
        const Tensor tensor = random_tensor(shape, filling, random);
        const Tensor back = back_from(codec, tensor);
        groups_of(tensor.dtype(), shape)->each([&](std::uint64_t first, std::uint64_t count) {
          const auto was = tensor.floats().subspan(first, count), is = back.floats().subspan(first, count);
          const double low = std::min(0.0F, *std::ranges::min_element(was));
          const double high = std::max(0.0F, *std::ranges::max_element(was));
          const double step = std::max((high - low) / 255, 0x1p-126);
          for (std::size_t i = 0; i < count; ++i) EXPECT_LE(std::abs(double{was[i]} - is[i]), step * 0.50005);
          return true;
        });
      }
}

TEST(Int8, ExactZerosStayExactZeros) {
  std::mt19937 random(2);
  for (const plan::Codec codec : kBoth)
    for (const Shape& shape : kShapes) {
      const Tensor tensor = random_tensor(shape, Filling::sparse, random);
      const Tensor back = back_from(codec, tensor);
      for (std::size_t i = 0; i < tensor.floats().size(); ++i)
        EXPECT_TRUE(tensor.floats()[i] != 0 || back.floats()[i] == 0);
    }
}

TEST(Int8, AConstantChannelIsMetExactly) {
  std::mt19937 random(3);
  for (const plan::Codec codec : kBoth)
    for (const float constant : {0.1F, -7.3F, 1e-30F, 1e30F, 0.0F}) {
      const Tensor tensor = tensor_of({1, 1, 8, 8}, std::vector<float>(64, constant));
      EXPECT_TRUE(identical(back_from(codec, tensor), tensor));
    }
}

TEST(Int8, AnOutlierSpoilsOnlyItsOwnChannelTokenOrStretch) {
  for (const Shape& shape : {Shape{1, 2, 8, 8}, {1, 2, 64}, {2, 64}, {1, 256}}) {
    const std::size_t count = byte_count(DType::fp32, shape)->count / sizeof(float);
    std::vector<float> numbers(count);
    for (std::size_t i = 0; i < count; ++i) numbers[i] = static_cast<float>(i % 64) / 64;
    numbers[3] = 1e6F;
    const Tensor back = back_from(plan::Codec::int8, tensor_of(shape, numbers));
    for (std::size_t i = count / 2; i < count; ++i) EXPECT_NEAR(back.floats()[i], numbers[i], 1 / 500.0);
  }
}

TEST(Int8, WhatIsNoFiniteNumberStaysWhatItIsAndTheOthersStayNear) {
  for (const plan::Codec codec : kBoth) {
    const auto back = row_back(codec, {NAN, -INFINITY, INFINITY, 0, 1, 2, -NAN, 252, 0});
    EXPECT_TRUE(std::isnan(back[0]));
    EXPECT_EQ(back[1], -INFINITY);
    EXPECT_EQ(back[2], INFINITY);
    EXPECT_EQ(back[3], 0);
    EXPECT_EQ(back[4], 1);
    EXPECT_EQ(back[5], 2);
    EXPECT_TRUE(std::isnan(back[6]));
    EXPECT_EQ(back[7], 252);
  }
}

TEST(Int8, AChannelWithoutAFiniteNumberComesThrough) {
  for (const plan::Codec codec : kBoth)
    for (const float x : row_back(codec, std::vector<float>(64, NAN))) EXPECT_TRUE(std::isnan(x));
}

TEST(Int8, AMaskOfInfinitiesIsMetExactly) {
  const float hidden = -INFINITY;
  const std::vector<float> mask{0, hidden, hidden, 0, 0, hidden, 0, 0};
  for (const plan::Codec codec : kBoth) EXPECT_EQ(row_back(codec, mask), mask);
}

TEST(Int8, TheLargestFloatsStayFinite) {
  for (const plan::Codec codec : kBoth) {
    const auto back = row_back(codec, {kLargest, -kLargest, 0, kLargest / 2});
    for (std::size_t i = 0; i < 4; ++i) EXPECT_TRUE(std::isfinite(back[i]));
    EXPECT_GT(back[0], 0.99F * kLargest);
    EXPECT_LT(back[1], -0.99F * kLargest);
    EXPECT_EQ(back[2], 0);
  }
}

TEST(Int8, ABatchIsItsImagesOneBehindTheOther) {
  std::mt19937 random(4);
  for (const plan::Codec codec : kBoth)
    for (Shape shape : kShapes)
      for (const Filling filling : kFillings) {
        shape[0] = 3;
        const Tensor batch = random_tensor(shape, filling, random);
        std::vector<std::byte> together;
        for (std::size_t i = 0, image = batch.floats().size() / 3; i < 3; ++i) {
          Shape one = shape;
          one[0] = 1;
          const Tensor alone = encode(codec, tensor_of(one, batch.floats().subspan(i * image, image)));
          together.insert(together.end(), alone.bytes().begin(), alone.bytes().end());
        }
        EXPECT_EQ(bytes_of(encode(codec, batch)), together);
      }
}

TEST(Int8, WithoutZerosItMeansTheSameInNoMoreBytes) {
  std::mt19937 random(5);
  for (const Shape& shape : kShapes)
    for (const Filling filling : kFillings) {
      const Tensor tensor = random_tensor(shape, filling, random);
      EXPECT_TRUE(identical(back_from(plan::Codec::int8, tensor), back_from(plan::Codec::int8z, tensor)));
      const std::size_t dropped = encode(plan::Codec::int8z, tensor).bytes().size();
      EXPECT_LE(dropped, encode(plan::Codec::int8, tensor).bytes().size());
      EXPECT_TRUE(encoded_size(plan::Codec::int8z, spec_of(tensor)).holds(dropped));
    }
}

TEST(Int8, ZerosTakeOneBit) {
  const Tensor zeros = tensor_of({1, 2, 64, 64}, std::vector<float>(8192));
  EXPECT_EQ(encode(plan::Codec::int8z, zeros).bytes().size(), 2 * (6 + 512));
  EXPECT_EQ(encoded_size(plan::Codec::int8z, spec_of(zeros)), (SizeRange{Bytes{2 * (6 + 512)}, Bytes{2 * (6 + 4096)}}));
}

TEST(Int8, AWireFormThatIsCutOrGoesOnIsCorrupt) {
  std::mt19937 random(6);
  for (const plan::Codec codec : kBoth) {
    const Tensor tensor = random_tensor({2, 2, 7, 7}, Filling::sparse, random);
    std::vector<std::byte> wire = bytes_of(encode(codec, tensor));
    wire.push_back(std::byte{0});
    EXPECT_FALSE(decoded(codec, spec_of(tensor), wire));
    wire.pop_back();
    while (!wire.empty()) {
      wire.pop_back();
      const auto back = decoded(codec, spec_of(tensor), wire);
      ASSERT_FALSE(back);
      ASSERT_EQ(back.error().kind, ErrorKind::corrupt);
    }
  }
}

TEST(Int8, AGroupThatCannotBeIsCorruptAndIsNamed) {
  const auto refused = [](plan::Codec codec, std::size_t place, std::vector<std::uint8_t> values) {
    std::vector<std::byte> wire = golden(codec == plan::Codec::int8 ? "int8" : "int8z");
    for (const std::uint8_t value : values) wire.at(place++) = static_cast<std::byte>(value);
    const auto back = decoded(codec, spec_of(golden_tensor()), wire);
    return !back && back.error().kind == ErrorKind::corrupt &&
           back.error().message.find("group 1 of 1") != std::string::npos;
  };
  EXPECT_TRUE(refused(plan::Codec::int8, 3, {0xbd})) << "a negative step";
  EXPECT_TRUE(refused(plan::Codec::int8, 3, {0x00})) << "a step too small";
  EXPECT_TRUE(refused(plan::Codec::int8, 2, {0x80, 0x7f})) << "a step that is no number";
  EXPECT_TRUE(refused(plan::Codec::int8, 5, {4})) << "an unknown kind";
  EXPECT_TRUE(refused(plan::Codec::int8, 5, {2})) << "a bitmap in int8";
  EXPECT_TRUE(refused(plan::Codec::int8z, 7, {2})) << "a bit behind the last number";
  EXPECT_TRUE(refused(plan::Codec::int8z, 6, {0xff})) << "more bits than bytes";
}

}  // namespace
}  // namespace tideline::codec
