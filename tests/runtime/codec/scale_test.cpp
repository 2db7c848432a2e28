#include "runtime/codec/scale.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tideline::codec {
namespace {

constexpr float kLargestFloat = std::numeric_limits<float>::max();

TEST(Scale, NumbersFromZeroUpTakeAllCodes) {
  EXPECT_EQ(scale_between(0, 510, 255), (Scale{2, 0, 255}));
  EXPECT_EQ(scale_between(-0.0F, 510, 255), (Scale{2, 0, 255}));
}

TEST(Scale, ZeroIsAlwaysWithinIt) {
  EXPECT_EQ(scale_between(255, 510, 255), (Scale{2, 0, 255}));
  EXPECT_EQ(scale_between(-510, -255, 255), (Scale{2, 255, 255}));
  EXPECT_EQ(scale_between(-100, 155, 255), (Scale{1, 100, 255}));
  EXPECT_EQ(scale_between(-100, 152, 252), (Scale{1, 100, 252}));
}

TEST(Scale, OneNumberIsMetExactly) {
  for (const float number : {0x1p-126F, 1e-30F, 0.1F, 3.0F, 1e30F, 0x1p125F}) {
    EXPECT_EQ(scale_between(number, number, 255), (Scale{number, 0, 255}));
    EXPECT_EQ(scale_between(-number, -number, 255), (Scale{number, 1, 255}));
  }
}

TEST(Scale, NoStepIsLessThanTheLeastNormalNumber) {
  EXPECT_EQ(scale_between(0, 0, 255), (Scale{kLeastStep, 0, 255}));
  EXPECT_EQ(scale_between(0, std::numeric_limits<float>::denorm_min(), 255), (Scale{kLeastStep, 0, 255}));
}

TEST(Scale, AllFloatsHaveOneAndItSaysThatItsCodesMayGoBeyond) {
  const Scale scale = scale_between(-kLargestFloat, kLargestFloat, 255);
  EXPECT_TRUE(std::isfinite(scale.step));
  EXPECT_GE(scale.step, kLargestFloat / 128);
  EXPECT_TRUE(may_overflow(scale));
  EXPECT_FALSE(may_overflow(scale_between(-1, 1e38F, 255)));
}

}  // namespace
}  // namespace tideline::codec
