#include "runtime/task/head.h"

#include <gmock/gmock.h>

#include <limits>

namespace tideline::task {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TensorSpec map(Shape shape) {
  return {"", DType::fp32, std::move(shape)};
}

using Specs = std::vector<TensorSpec>;

// The maps of NanoDet for an input of 416 x 416.
Specs nanodet_maps(std::int64_t classes, std::int64_t bins) {
  Specs maps;
  for (const std::int64_t cells : {52 * 52, 26 * 26, 13 * 13}) maps.push_back(map({1, cells, classes}));
  for (const std::int64_t cells : {52 * 52, 26 * 26, 13 * 13}) maps.push_back(map({1, cells, 4 * bins}));
  return maps;
}

void expect_found(const Specs& outputs, std::int32_t side, std::size_t labels, Head head, std::size_t classes) {
  const Result<Detector> found = find_detector({outputs, side, side, labels});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(name(found->head), name(head));
  EXPECT_EQ(found->classes, classes);
  EXPECT_EQ(found->width, side);
  EXPECT_EQ(found->height, side);
}

std::string fault_of(const Specs& outputs, std::size_t labels) {
  const Result<Detector> found = find_detector({outputs, 640, 640, labels});
  EXPECT_FALSE(found);
  return found ? "" : found.error().message;
}

TEST(Head, HasANameThatIsRead) {
  for (const Head head : {Head::yolov5, Head::yolov8, Head::nanodet, Head::centernet, Head::boxes}) {
    const Result<Head> read = parse_head(name(head));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, head);
  }
  const Result<Head> unknown = parse_head("ssd");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message,
            "\"ssd\" is not a head of a detector; write one of \"yolov5\", \"yolov8\", \"nanodet\", \"centernet\", "
            "\"boxes\"");
}

TEST(Head, Yolov8IsFoundByItsCells) {
  expect_found({map({1, 84, 8400})}, 640, 80, Head::yolov8, 80);
  expect_found({map({kAnyBatch, 84, 8400})}, 640, 80, Head::yolov8, 80);
  expect_found({map({1, 84, 8400})}, 640, 0, Head::yolov8, 80);
  expect_found({map({1, 5, 8400 + 25600})}, 640, 1, Head::yolov8, 1);   // With cells of 4 pixels.
  expect_found({map({1, 84, 8400 + 100})}, 640, 80, Head::yolov8, 80);  // With cells of 64 pixels.
}

TEST(Head, Yolov5IsFoundByThreeBoxesPerCellAndMayReturnItsMapsToo) {
  expect_found({map({1, 25200, 85})}, 640, 80, Head::yolov5, 80);
  const Specs with_maps{map({1, 25200, 85}), map({1, 3, 80, 80, 85}), map({1, 3, 40, 40, 85}), map({1, 3, 20, 20, 85})};
  expect_found(with_maps, 640, 80, Head::yolov5, 80);
  expect_found({map({1, 25200, 6})}, 640, 1, Head::yolov5, 1);
}

TEST(Head, NanodetIsFoundByItsMapsInAnyOrder) {
  Specs maps = nanodet_maps(80, 8);
  expect_found(maps, 416, 80, Head::nanodet, 80);
  std::swap(maps[0], maps[5]);
  std::swap(maps[1], maps[3]);
  expect_found(maps, 416, 80, Head::nanodet, 80);
  expect_found(nanodet_maps(32, 8), 416, 32, Head::nanodet, 32);
}

TEST(Head, NanodetNeedsLabels) {
  const Specs maps = nanodet_maps(80, 8);
  const Result<Detector> found = find_detector({maps, 416, 416, 0});
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("name its labels, which \"nanodet\" needs"));
}

TEST(Head, CenternetIsFoundWithOffsetsAndWithout) {
  expect_found({map({1, 80, 128, 128}), map({1, 2, 128, 128})}, 512, 80, Head::centernet, 80);
  expect_found({map({1, 80, 128, 128}), map({1, 2, 128, 128}), map({1, 2, 128, 128})}, 512, 80, Head::centernet, 80);
}

TEST(Head, TtfnetCountsAsCenternet) {
  expect_found({map({1, 80, 128, 128}), map({1, 4, 128, 128})}, 512, 80, Head::centernet, 80);
  const Specs with_offsets{map({1, 80, 128, 128}), map({1, 4, 128, 128}), map({1, 2, 128, 128})};
  EXPECT_FALSE(find_detector({with_offsets, 512, 512, 80}));
}

TEST(Head, FinishedBoxesHaveAsManyClassesAsThereAreLabels) {
  expect_found({map({1, 300, 6})}, 640, 80, Head::boxes, 80);
  expect_found({map({1, 100, 6})}, 512, 0, Head::boxes, 0);
}

TEST(Head, AnotherNumberOfLabelsIsRefusedWithBothNumbers) {
  EXPECT_THAT(fault_of({map({1, 84, 8400})}, 81),
              AllOf(HasSubstr("\"yolov8\" with 80 classes"), HasSubstr("81 labels"), HasSubstr("name a file")));
  EXPECT_THAT(fault_of({map({1, 25200, 85})}, 3), AllOf(HasSubstr("80 classes"), HasSubstr("3 labels")));
}

TEST(Head, OtherOutputsAreRefusedWithTheirShapes) {
  EXPECT_THAT(fault_of({map({1, 1000})}, 1000),
              AllOf(HasSubstr("fp32[1,1000]"), HasSubstr("640 x 640"), HasSubstr("\"yolov8\"")));
  EXPECT_THAT(fault_of({}, 80), HasSubstr("returns nothing"));
  EXPECT_THAT(fault_of({map({1, 84, 8401})}, 80), HasSubstr("is no detector")) << "cells of another input";
  EXPECT_THAT(fault_of({{"", DType::fp16, {1, 84, 8400}}}, 80), HasSubstr("fp16[1,84,8400]"));
  EXPECT_THAT(fault_of({map({1, 116, 8400}), map({1, 32, 160, 160})}, 80), HasSubstr("is no detector")) << "masks";
  EXPECT_THAT(fault_of(Specs(20, map({1, 1})), 80), HasSubstr(", ...")) << "not all of many";
}

TEST(Head, OneThatIsNamedIsTheOnlyOneThatFits) {
  const Specs outputs{map({1, 84, 8400})};
  const Result<Detector> named = fit_head(Head::yolov8, {outputs, 640, 640, 80});
  ASSERT_TRUE(named) << named.error().message;
  EXPECT_EQ(named->head, Head::yolov8);
  const Result<Detector> other = fit_head(Head::yolov5, {outputs, 640, 640, 80});
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("no detector of the form \"yolov5\" with 80 classes"));
}

TEST(Head, SizesThatAreNoneAreRefused) {
  const Specs outputs{map({1, 84, 8400})};
  for (const std::int32_t side : {0, -640, std::numeric_limits<std::int32_t>::min()})
    EXPECT_FALSE(find_detector({outputs, side, side, 80}));
  const std::int32_t most = std::numeric_limits<std::int32_t>::max();
  EXPECT_FALSE(find_detector({outputs, most, most, 80}));
  EXPECT_FALSE(find_detector({Specs{map({1, 0, 8400})}, 640, 640, 80}));
  EXPECT_FALSE(find_detector({Specs{map({1, 80, 0, 0}), map({1, 2, 0, 0})}, 640, 640, 80}));
}

}  // namespace
}  // namespace tideline::task
