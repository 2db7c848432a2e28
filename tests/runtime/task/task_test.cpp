#include "runtime/task/task.h"

#include <gmock/gmock.h>

namespace tideline::task {
namespace {

using testing::HasSubstr;

std::vector<std::string> labels(std::size_t count) {
  return std::vector<std::string>(count, "x");
}

TEST(Task, HasAKindThatIsRead) {
  for (const Kind kind : {Kind::none, Kind::classify, Kind::detect}) {
    const Result<Kind> read = parse_kind(name(kind));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, kind);
  }
  const Result<Kind> unknown = parse_kind("segment");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message, "\"segment\" is not a task; write \"none\", \"classify\" or \"detect\"");
}

TEST(Task, NoneFitsEveryNetwork) {
  const Result<Task> task = fitted({}, {}, 0, 0);
  ASSERT_TRUE(task) << task.error().message;
  EXPECT_EQ(task->kind, Kind::none);
  EXPECT_FALSE(task->detector);
}

TEST(Task, AClassifierHasALabelPerClassOrNone) {
  const std::vector<TensorSpec> outputs{{"", DType::fp32, {kAnyBatch, 1000}}, {"", DType::fp32, {kAnyBatch, 7, 7}}};
  for (const std::size_t count : {0UL, 1000UL}) {
    const Result<Task> task = fitted({.kind = Kind::classify, .labels = labels(count)}, outputs, 224, 224);
    ASSERT_TRUE(task) << task.error().message;
    EXPECT_EQ(task->labels.size(), count);
  }
  const Result<Task> task = fitted({.kind = Kind::classify, .labels = labels(1001)}, outputs, 224, 224);
  ASSERT_FALSE(task);
  EXPECT_EQ(task.error().kind, ErrorKind::invalid);
  EXPECT_EQ(task.error().message,
            "the network is a classifier with 1000 classes, but there are 1001 labels; name a file that has one label "
            "per line for each class, in their order");
}

TEST(Task, WhatIsNoClassifierIsRefused) {
  const std::vector<TensorSpec> maps{{"", DType::fp32, {1, 21, 64, 64}}};
  const Result<Task> task = fitted({.kind = Kind::classify}, maps, 512, 512);
  ASSERT_FALSE(task);
  EXPECT_THAT(task.error().message, HasSubstr("fp32[1,21,64,64]"));
  EXPECT_FALSE(fitted({.kind = Kind::classify}, {}, 512, 512));
}

TEST(Task, ADetectorIsFoundByItsOutputs) {
  const std::vector<TensorSpec> outputs{{"", DType::fp32, {1, 84, 8400}}};
  const Result<Task> task = fitted({.kind = Kind::detect, .labels = labels(80)}, outputs, 640, 640);
  ASSERT_TRUE(task) << task.error().message;
  ASSERT_TRUE(task->detector);
  EXPECT_EQ(task->detector->head, Head::yolov8);
  EXPECT_EQ(task->detector->classes, 80U);
}

TEST(Task, AHeadThatIsNamedMustFit) {
  const std::vector<TensorSpec> outputs{{"", DType::fp32, {1, 84, 8400}}};
  EXPECT_TRUE(fitted({.kind = Kind::detect, .head = Head::yolov8}, outputs, 640, 640));
  const Result<Task> task = fitted({.kind = Kind::detect, .head = Head::nanodet}, outputs, 640, 640);
  ASSERT_FALSE(task);
  EXPECT_THAT(task.error().message, HasSubstr("no detector of the form \"nanodet\""));
}

TEST(Task, ADetectorWithAnotherNumberOfLabelsIsRefused) {
  const std::vector<TensorSpec> outputs{{"", DType::fp32, {1, 84, 8400}}};
  const Result<Task> task = fitted({.kind = Kind::detect, .labels = labels(79)}, outputs, 640, 640);
  ASSERT_FALSE(task);
  EXPECT_THAT(task.error().message, HasSubstr("80 classes, but there are 79 labels"));
}

}  // namespace
}  // namespace tideline::task
