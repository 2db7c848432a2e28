#include "runtime/cloud/frame_window.h"

#include <gtest/gtest.h>

namespace tideline::cloud {
namespace {

TEST(FrameWindow, EachNumberIsNewOnceInAnyOrder) {
  FrameWindow window;
  for (const std::uint32_t frame : {3u, 1u, 2u, 5u, 4u}) EXPECT_TRUE(window.use(frame)) << frame;
  for (const std::uint32_t frame : {1u, 2u, 3u, 4u, 5u}) EXPECT_FALSE(window.use(frame)) << frame;
}

TEST(FrameWindow, TheLast64NumbersAreKnown) {
  FrameWindow window;
  EXPECT_TRUE(window.use(1));
  EXPECT_TRUE(window.use(64));
  EXPECT_FALSE(window.use(1));
  EXPECT_TRUE(window.use(65));
  EXPECT_TRUE(window.use(1));  // Too old to tell.
  EXPECT_FALSE(window.use(64));
}

TEST(FrameWindow, ALargeStepForgetsAllThatCameBefore) {
  FrameWindow window;
  EXPECT_TRUE(window.use(10));
  EXPECT_TRUE(window.use(4'000'000'000));
  EXPECT_TRUE(window.use(3'999'999'999));
  EXPECT_FALSE(window.use(4'000'000'000));
  EXPECT_TRUE(window.use(10));
}

}  // namespace
}  // namespace tideline::cloud
