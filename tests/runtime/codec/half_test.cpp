#include "runtime/codec/half.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

namespace tideline::codec {
namespace {

std::uint16_t half(float value) {
  std::uint16_t out = 0;
  to_half({&value, 1}, {&out, 1});
  return out;
}

float wide(std::uint16_t value) {
  float out = 0;
  from_half({&value, 1}, {&out, 1});
  return out;
}

// What a half means, from the definition in IEEE 754 and in double arithmetic.
double meaning(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int mantissa = bits & 1023;
  const double size = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
  return (bits & 0x8000) != 0 ? -size : size;
}

bool is_finite(std::uint16_t bits) {
  return (bits & 0x7c00) != 0x7c00;
}

std::vector<std::uint16_t> all_halves() {
  std::vector<std::uint16_t> halves(65536);
  std::iota(halves.begin(), halves.end(), std::uint16_t{0});
  return halves;
}

TEST(Half, EveryFiniteHalfMeansWhatIeeeSays) {
  for (const std::uint16_t bits : all_halves()) {
    if (is_finite(bits)) {
      ASSERT_EQ(static_cast<double>(wide(bits)), meaning(bits)) << bits;
    }
  }
}

TEST(Half, EveryHalfSurvivesTheWayToFloatAndBack) {
  for (const std::uint16_t bits : all_halves()) {
    const bool nan = (bits & 0x7fff) > 0x7c00;
    ASSERT_EQ(half(wide(bits)), nan ? bits | 0x200 : bits) << bits;
  }
}

TEST(Half, BetweenTwoHalvesTheNearerWinsAndTheEvenOneATie) {
  for (std::uint16_t low = 0; low < 0x7bff; ++low) {
    const auto high = static_cast<std::uint16_t>(low + 1);
    const auto middle = static_cast<float>((meaning(low) + meaning(high)) / 2);
    ASSERT_EQ(half(middle), (low & 1) == 0 ? low : high) << low;
    ASSERT_EQ(half(std::nextafter(middle, 0.0F)), low) << low;
    ASSERT_EQ(half(std::nextafter(middle, 1e9F)), high) << low;
    ASSERT_EQ(half(-middle), half(middle) | 0x8000) << low;
  }
}

TEST(Half, WhatIsTooBigBecomesInfinity) {
  EXPECT_EQ(half(65504.0F), 0x7bff);
  EXPECT_EQ(half(std::nextafter(65520.0F, 0.0F)), 0x7bff);
  EXPECT_EQ(half(65520.0F), 0x7c00);
  EXPECT_EQ(half(-65536.0F), 0xfc00);
  EXPECT_EQ(half(std::numeric_limits<float>::max()), 0x7c00);
  EXPECT_EQ(half(-std::numeric_limits<float>::infinity()), 0xfc00);
  EXPECT_EQ(wide(0x7c00), std::numeric_limits<float>::infinity());
}

TEST(Half, WhatIsTooSmallBecomesZeroOfItsSign) {
  EXPECT_EQ(half(0.0F), 0x0000);
  EXPECT_EQ(half(-0.0F), 0x8000);
  EXPECT_EQ(half(std::ldexp(1.0F, -25)), 0x0000);  // Half of the smallest: a tie, and zero is even.
  EXPECT_EQ(half(std::nextafter(std::ldexp(1.0F, -25), 1.0F)), 0x0001);
  EXPECT_EQ(half(-std::numeric_limits<float>::denorm_min()), 0x8000);
}

TEST(Half, ANanStaysANan) {
  EXPECT_TRUE(std::isnan(wide(0x7e00)));
  EXPECT_TRUE(std::isnan(wide(half(std::numeric_limits<float>::quiet_NaN()))));
  EXPECT_EQ(half(std::bit_cast<float>(0x7fc0e000U)), 0x7e07);
  EXPECT_EQ(half(std::bit_cast<float>(0xffffffffU)), 0xffff);
}

TEST(Half, TheProcessorsWayAndThePortableWayGiveTheSameBits) {
  std::mt19937 random(7);
  std::vector<float> floats(1 << 20);
  for (float& f : floats) f = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
  std::vector<std::uint16_t> fast(floats.size()), portable(floats.size());
  to_half(floats, fast);
  to_half_portable(floats, portable);
  EXPECT_EQ(fast, portable);

  const std::vector<std::uint16_t> halves = all_halves();
  std::vector<float> wide_fast(halves.size()), wide_portable(halves.size());
  from_half(halves, wide_fast);
  from_half_portable(halves, wide_portable);
  for (std::size_t i = 0; i < halves.size(); ++i) {
    ASSERT_EQ(std::bit_cast<std::uint32_t>(wide_fast[i]), std::bit_cast<std::uint32_t>(wide_portable[i])) << i;
  }
}

TEST(Half, EveryLengthIsConvertedToItsEnd) {
  for (std::size_t size = 0; size < 70; ++size) {
    std::vector<float> floats(size, 1.5F), back(size, 0.0F);
    std::vector<std::uint16_t> halves(size, 0);
    to_half(floats, halves);
    from_half(halves, back);
    ASSERT_EQ(floats, back) << size;
  }
}

}  // namespace
}  // namespace tideline::codec
