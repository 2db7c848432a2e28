#include "runtime/task/box.h"

#include <gtest/gtest.h>

namespace tideline::task {
namespace {

// An image of 1280 x 640 lies in an input of 640 x 640, halved, with 160 rows of padding above and below.
constexpr Frame kLetterbox{0.5, 0.5, 0, 160, 1280, 640};

TEST(Box, ALetterboxIsUndone) {
  const Box box{100, 210, 300, 400, 0.5F, 7};
  EXPECT_EQ(to_image(box, kLetterbox), (Box{200, 100, 600, 480, 0.5F, 7}));
}

TEST(Box, WhatReachesBeyondTheImageIsClipped) {
  EXPECT_EQ(to_image({-10, 100, 700, 600, 1, 0}, kLetterbox), (Box{0, 0, 1280, 640, 1, 0}));
  EXPECT_EQ(to_image({0, 0, 640, 100, 1, 0}, kLetterbox), (Box{0, 0, 1280, 0, 1, 0})) << "all of it in the padding";
  EXPECT_EQ(to_image({-3e38F, -3e38F, 3e38F, 3e38F, 1, 0}, kLetterbox), (Box{0, 0, 1280, 640, 1, 0}));
}

TEST(Box, ACropIsUndone) {
  const Frame crop{0.5, 0.5, -16, -8, 576, 512};  // The middle 224 x 224 of an image that was halved before.
  EXPECT_EQ(to_image({0, 0, 224, 224, 1, 0}, crop), (Box{32, 16, 480, 464, 1, 0}));
}

TEST(Box, EachAxisMayHaveItsScale) {
  EXPECT_EQ(to_image({10, 10, 20, 20, 1, 0}, {2, 0.25, 0, 0, 1000, 1000}), (Box{5, 40, 10, 80, 1, 0}));
}

}  // namespace
}  // namespace tideline::task
