#include "runtime/wire/liveness.h"

#include <gtest/gtest.h>

namespace tideline::wire {
namespace {

using std::chrono::seconds;

const TimePoint kBegin{seconds(100)};

TEST(Liveness, AFrameThatEndedIsASignHoweverSmall) {
  Liveness life(kBegin);
  life.frame_ended(32, kBegin + seconds(3));
  EXPECT_EQ(life.last(), kBegin + seconds(3));
}

TEST(Liveness, BytesOfAFrameThatIsUnderWayAreASignOnceTheyAreEnough) {
  Liveness life(kBegin);
  life.look(Liveness::kEnough.count - 1, kBegin + seconds(1));
  EXPECT_EQ(life.last(), kBegin);
  life.look(Liveness::kEnough.count, kBegin + seconds(2));
  EXPECT_EQ(life.last(), kBegin + seconds(2));
  life.look(2 * Liveness::kEnough.count - 1, kBegin + seconds(3));
  EXPECT_EQ(life.last(), kBegin + seconds(2));
}

TEST(Liveness, APeerThatDripsGivesNoSignForAsLongAsThatManyBytesTake) {
  Liveness life(kBegin);
  for (std::uint64_t second = 1; second <= 2000; ++second) life.look(second, kBegin + seconds(second));
  EXPECT_EQ(life.last(), kBegin);
}

TEST(Liveness, WhatCameBeforeAFrameEndedCountsNoMore) {
  Liveness life(kBegin);
  life.frame_ended(2000, kBegin + seconds(1));
  life.look(2100, kBegin + seconds(2));
  EXPECT_EQ(life.last(), kBegin + seconds(1));
}

}  // namespace
}  // namespace tideline::wire
