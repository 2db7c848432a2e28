#include "runtime/task/matching.h"

#include <gtest/gtest.h>

#include <vector>

namespace tideline::task {
namespace {

Box box_at(float x, std::int32_t label = 0, float score = 0.9F) {
  return {x, 0, x + 12, 10, score, label};
}

TEST(Matching, TheOverlapIsThatOfBothOverThatOfEither) {
  EXPECT_DOUBLE_EQ(iou(box_at(0), box_at(0)), 1);
  EXPECT_DOUBLE_EQ(iou(box_at(0), box_at(4)), 0.5) << "80 of 160";
  EXPECT_DOUBLE_EQ(iou(box_at(0), box_at(8)), 0.2) << "40 of 200";
  EXPECT_EQ(iou(box_at(0), box_at(12)), 0) << "they touch";
  EXPECT_EQ(iou(box_at(0), box_at(100)), 0);
  EXPECT_EQ(iou(box_at(0), {0, 50, 12, 60, 0.9F, 0}), 0) << "one lies below the other";
}

TEST(Matching, ABoxIsKeptByOneOfItsClassThatOverlapsItByHalf) {
  const std::vector wanted{box_at(0), box_at(100), box_at(200, 3)};
  EXPECT_EQ(matched(wanted, wanted, 0.5), 3u);
  EXPECT_EQ(matched(wanted, std::vector{box_at(4), box_at(105), box_at(200)}, 0.5), 1u)
      << "too far off, and of another class";
  EXPECT_EQ(matched(wanted, {}, 0.5), 0u);
  EXPECT_EQ(matched({}, wanted, 0.5), 0u);
}

TEST(Matching, OneBoxKeepsOneOnly) {
  EXPECT_EQ(matched(std::vector{box_at(0), box_at(1)}, std::vector{box_at(0)}, 0.5), 1u);
  EXPECT_EQ(matched(std::vector{box_at(0), box_at(1)}, std::vector{box_at(1), box_at(0)}, 0.5), 2u);
}

}  // namespace
}  // namespace tideline::task
