#include "runtime/task/suppression.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <span>

namespace tideline::task {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

std::vector<Box> kept(const std::vector<Box>& boxes, float max_overlap = 0.45F, std::size_t most = 300) {
  const Result<std::vector<Box>> remain = without_overlaps(boxes, max_overlap, most);
  EXPECT_TRUE(remain) << remain.error().message;
  return remain ? *remain : std::vector<Box>();
}

TEST(Suppression, OfBoxesThatOverlapTheBestRemains) {
  const Box best{0, 0, 10, 10, 0.9F, 1}, worse{1, 0, 11, 10, 0.8F, 1}, apart{50, 50, 60, 60, 0.7F, 1};
  EXPECT_THAT(kept({worse, apart, best}), ElementsAre(best, apart));
}

TEST(Suppression, OtherClassesRemain) {
  const Box cat{0, 0, 10, 10, 0.9F, 1}, dog{0, 0, 10, 10, 0.8F, 2};
  EXPECT_THAT(kept({dog, cat}), ElementsAre(cat, dog));
}

TEST(Suppression, TheOverlapIsTheIoU) {
  const Box one{0, 0, 10, 10, 0.9F, 1}, half{0, 0, 10, 5, 0.8F, 1};  // IoU 0.5
  EXPECT_THAT(kept({one, half}, 0.49F), ElementsAre(one));
  EXPECT_THAT(kept({one, half}, 0.51F), ElementsAre(one, half));
  EXPECT_THAT(kept({one, one}, 1), ElementsAre(one, one)) << "nothing is larger than 1";
  const Box beside{10, 0, 20, 10, 0.8F, 1};
  EXPECT_THAT(kept({one, beside}, 0), ElementsAre(one, beside)) << "they touch";
}

TEST(Suppression, ABoxThatIsGoneRemovesNoOther) {
  const Box a{0, 0, 10, 10, 0.9F, 0}, b{4, 0, 14, 10, 0.8F, 0}, c{8, 0, 18, 10, 0.7F, 0};
  EXPECT_THAT(kept({a, b, c}, 0.4F), ElementsAre(a, c));
}

TEST(Suppression, OfEqualScoresTheFirstIsBetter) {
  const Box first{0, 0, 10, 10, 0.5F, 0}, second{1, 0, 11, 10, 0.5F, 0};
  EXPECT_THAT(kept({first, second}), ElementsAre(first));
  EXPECT_THAT(kept({second, first}), ElementsAre(second));
}

TEST(Suppression, OnlyTheBestRemainWhereThereAreTooMany) {
  std::vector<Box> boxes;
  for (int i = 0; i < 100; ++i) {
    const float x = static_cast<float>(i) * 20;
    boxes.push_back({x, 0, x + 10, 10, static_cast<float>(i + 1) / 100, i % 7});
  }
  const std::vector<Box> best = kept(boxes, 0.45F, 3);
  EXPECT_THAT(best, ElementsAre(boxes[99], boxes[98], boxes[97]));
}

TEST(Suppression, OfNothingNothingRemains) {
  EXPECT_THAT(kept({}), IsEmpty());
}

TEST(Suppression, HugeBoxesAreBoxesToo) {
  const Box huge{-3e38F, -3e38F, 3e38F, 3e38F, 0.9F, 0}, tiny{0, 0, 1e-30F, 1e-30F, 0.8F, 0};
  EXPECT_THAT(kept({huge, tiny}), ElementsAre(huge, tiny));
  EXPECT_THAT(kept({huge, huge}), ElementsAre(huge));
}

float overlap(const Box& a, const Box& b) {
  const float width = std::min(a.x_max, b.x_max) - std::max(a.x_min, b.x_min);
  const float height = std::min(a.y_max, b.y_max) - std::max(a.y_min, b.y_min);
  const auto area = [](const Box& box) { return (box.x_max - box.x_min) * (box.y_max - box.y_min); };
  const float both = std::max(width, 0.0F) * std::max(height, 0.0F);
  return both / (area(a) + area(b) - both);
}

TEST(Suppression, WhatRemainsDoesNotDependOnHowManyMayRemain) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> place(0, 100), size(10, 40), score(0, 1);
  std::vector<Box> boxes;
  for (int i = 0; i < 500; ++i) {
    const float x = place(random), y = place(random);
    boxes.push_back({x, y, x + size(random), y + size(random), score(random), i % 3});
  }
  const std::vector<Box> all = kept(boxes, 0.3F, 500);
  for (const Box& a : all)
    for (const Box& b : all) EXPECT_TRUE(a.label != b.label || a == b || overlap(a, b) <= 0.301F);
  for (const std::size_t most : {1UL, 2UL, 10UL, all.size() - 1})
    EXPECT_THAT(kept(boxes, 0.3F, most), ElementsAreArray(std::span(all).first(most)));
}

}  // namespace
}  // namespace tideline::task
