#include "runtime/codec/q_codec.h"

#include "tests/runtime/codec/activations.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <string>

namespace tideline::codec {
namespace {

constexpr plan::Codec kSteps[] = {plan::Codec::q64, plan::Codec::q32, plan::Codec::q16, plan::Codec::q8,
                                  plan::Codec::q4,  plan::Codec::q2,  plan::Codec::q1};

Result<Decoded> back(const Tensor& tensor, const Tensor& wire, const Codes* before = nullptr) {
  return decode_q(spec_of(tensor), wire.data(), wire.bytes().size(), Keep::tensor_and_codes, before);
}

double root_mean_square(std::span<const float> numbers) {
  double sum = 0;
  for (const double x : numbers) sum += x * x;
  return std::sqrt(sum / static_cast<double>(numbers.size()));
}

TEST(Steps, ErrByHalfAStepAtMost) {
  std::mt19937 random(1);
  for (const plan::Codec codec : kSteps)
    for (const Shape& shape : kShapes)
      for (const Filling filling : {Filling::spread, Filling::rectified, Filling::sparse, Filling::huge}) {
        const Tensor tensor = random_tensor(shape, filling, random);
        const Tensor wire = encode_q(codec, tensor).wire;
        EXPECT_TRUE(q_size(spec_of(tensor)).holds(wire.bytes().size()));
        const Result<Decoded> decoded = back(tensor, wire);
        ASSERT_TRUE(decoded) << decoded.error().message;
        const std::size_t image = tensor.floats().size() / static_cast<std::size_t>(shape[0]);
        double step = 0;
        for (std::size_t i = 0; i < tensor.floats().size(); ++i) {
          if (i % image == 0)
            step = 1.05 * root_mean_square(tensor.floats().subspan(i, image)) / std::exp2(plan::halvings_of(codec));
          ASSERT_NEAR(decoded->tensor.floats()[i], tensor.floats()[i], step / 2 + 1e-6 * std::abs(tensor.floats()[i]));
        }
      }
}

TEST(Steps, KeepZerosConstantsAndWhatIsNotFinite) {
  std::mt19937 random(2);
  for (const plan::Codec codec : kSteps)
    for (const Shape& shape : kShapes) {
      for (const Filling filling : {Filling::zeros, Filling::constant, Filling::strange}) {
        Tensor tensor = random_tensor(shape, filling, random);
        const Tensor wire = encode_q(codec, tensor).wire;
        const Result<Decoded> decoded = back(tensor, wire);
        ASSERT_TRUE(decoded) << decoded.error().message;
        for (std::size_t i = 0; i < tensor.floats().size(); ++i) {
          const float was = tensor.floats()[i], is = decoded->tensor.floats()[i];
          ASSERT_TRUE(filling == Filling::strange || is == was);
          ASSERT_EQ(std::isnan(is), std::isnan(was));
          ASSERT_EQ(std::isinf(is), std::isinf(was));
        }
      }
    }
}

TEST(Steps, TakeFewerBytesTheCoarserTheyAre) {
  std::mt19937 random(3);
  const Tensor tensor = random_tensor({1, 16, 14, 14}, Filling::rectified, random);
  std::size_t last = tensor.bytes().size();
  for (const plan::Codec codec : kSteps) {
    const std::size_t size = encode_q(codec, tensor).wire.bytes().size();
    EXPECT_LT(size, last) << name(codec);
    last = size;
  }
}

TEST(Steps, NeverTakeMoreThanAByteOverTheNumbersThemselves) {
  std::mt19937 random(4);
  for (const Filling filling : kFillings) {
    const Tensor tensor = random_tensor({3, 8}, filling, random);
    EXPECT_LE(encode_q(plan::Codec::q32, tensor).wire.bytes().size(), 3U * (1 + 8 * 4));
  }
}

TEST(Steps, EncodeABatchAsItsImagesOneByOne) {
  std::mt19937 random(5);
  for (const Filling filling : kFillings) {
    const Tensor batch = random_tensor({3, 4, 9, 9}, filling, random);
    std::vector<std::byte> joined;
    for (std::size_t i = 0; i < 3; ++i) {
      const Tensor image = tensor_of({1, 4, 9, 9}, batch.floats().subspan(i * 324, 324));
      const Tensor wire = encode_q(plan::Codec::q8, image).wire;
      joined.insert(joined.end(), wire.bytes().begin(), wire.bytes().end());
    }
    const Tensor wire = encode_q(plan::Codec::q8, batch).wire;
    EXPECT_TRUE(std::ranges::equal(wire.bytes(), joined)) << static_cast<int>(filling);
  }
}

TEST(Steps, GiveTheSameTensorByADifferenceAsWithout) {
  std::mt19937 random(6);
  std::normal_distribution<float> noise(0, 0.05F);
  for (const plan::Codec codec : kSteps)
    for (const Shape& shape : kShapes) {
      const Tensor first = random_tensor(shape, Filling::rectified, random);
      std::vector<float> moved(first.floats().begin(), first.floats().end());
      for (float& x : moved) x = 1.3F * x + noise(random);  // Another step, too.
      const Tensor second = tensor_of(shape, moved);
      const Coded before = encode_q(codec, first);
      const Coded alone = encode_q(codec, second), after = encode_q(codec, second, before.codes.get());
      EXPECT_LE(after.wire.bytes().size(), alone.wire.bytes().size() * 51 / 50 + 8);
      const Result<Decoded> by_itself = back(second, alone.wire);
      const Result<Decoded> by_difference = back(second, after.wire, before.codes.get());
      ASSERT_TRUE(by_itself && by_difference);
      EXPECT_TRUE(identical(by_itself->tensor, by_difference->tensor));
      ASSERT_EQ(after.codes == nullptr, by_difference->codes == nullptr);
      EXPECT_EQ(!back(second, after.wire), after.is_difference) << "only a difference has something to differ from";
    }
}

TEST(Steps, OfAnImageThatIsRepeatedTakeNearlyNothing) {
  std::mt19937 random(7);
  const Tensor tensor = random_tensor({1, 64, 14, 14}, Filling::spread, random);
  const Coded first = encode_q(plan::Codec::q4, tensor), again = encode_q(plan::Codec::q4, tensor, first.codes.get());
  EXPECT_TRUE(again.is_difference);
  EXPECT_LT(again.wire.bytes().size(), 16U);
}

TEST(Steps, IgnoreWhatIsOfAnotherShape) {
  std::mt19937 random(8);
  const Coded other = encode_q(plan::Codec::q4, random_tensor({1, 4, 8, 8}, Filling::spread, random));
  const Tensor tensor = random_tensor({1, 4, 9, 9}, Filling::spread, random);
  EXPECT_TRUE(
      identical(encode_q(plan::Codec::q4, tensor, other.codes.get()).wire, encode_q(plan::Codec::q4, tensor).wire));
}

TEST(Steps, RefuseBytesThatAreCutShortOrFollow) {
  std::mt19937 random(9);
  const Tensor tensor = random_tensor({2, 5, 7}, Filling::spread, random);
  const Tensor wire = encode_q(plan::Codec::q8, tensor).wire;
  const Span<const std::byte> bytes = wire.bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Tensor cut = Tensor::copy_of(DType::uint8, {static_cast<std::int64_t>(size)}, bytes.subspan(0, size));
    const Result<Decoded> decoded = back(tensor, cut);
    ASSERT_FALSE(decoded) << size;
    EXPECT_EQ(decoded.error().kind, ErrorKind::corrupt);
  }
  std::vector<std::byte> longer(bytes.begin(), bytes.end());
  longer.push_back(std::byte{0});
  EXPECT_FALSE(back(tensor, Tensor::copy_of(DType::uint8, {static_cast<std::int64_t>(longer.size())}, longer)));
}

// A file of numbers in hexadecimal.
std::vector<std::byte> golden(const std::string& name) {
  std::ifstream file(std::string(TIDELINE_SOURCE) + "/tests/runtime/codec/golden/" + name);
  std::vector<std::byte> bytes;
  for (unsigned number = 0; file >> std::hex >> number;) bytes.push_back(static_cast<std::byte>(number));
  return bytes;
}

Tensor ramp() {
  std::vector<float> numbers(64);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i % 8) - static_cast<float>(i / 8);
  return tensor_of({1, 1, 8, 8}, numbers);
}

TEST(Steps, WriteTheBytesOfTheGoldenFiles) {
  const Tensor plane = ramp();
  const Coded first = encode_q(plan::Codec::q4, plane);
  std::vector<float> moved(plane.floats().begin(), plane.floats().end());
  moved[9] += 3;
  const Coded next = encode_q(plan::Codec::q4, tensor_of({1, 1, 8, 8}, moved), first.codes.get());
  const auto hex = [](const Tensor& wire) {
    std::string text;
    for (const std::byte byte : wire.bytes()) text += fmt::format("{:02x} ", std::to_integer<int>(byte));
    return text;
  };
  EXPECT_TRUE(std::ranges::equal(first.wire.bytes(), golden("q4.hex"))) << hex(first.wire);
  EXPECT_TRUE(std::ranges::equal(next.wire.bytes(), golden("q4_difference.hex"))) << hex(next.wire);
}

}  // namespace
}  // namespace tideline::codec
