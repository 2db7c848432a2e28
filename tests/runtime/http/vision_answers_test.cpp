#include "runtime/http/vision_answers.h"

#include "tests/runtime/http/golden.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <vector>

namespace tideline::http {
namespace {

using std::chrono::microseconds;

TEST(VisionAnswers, WritesTheGoldenClasses) {
  const std::vector<task::Class> classes = {{281, 0.5F, "tabby"}, {282, 0.25F, "tiger \"cat\""}, {7, 1e-7F, ""}};
  EXPECT_EQ(write_classes(classes), golden("classes.json"));
  EXPECT_EQ(nlohmann::json::parse(write_classes({})), nlohmann::json::object());
}

TEST(VisionAnswers, OfTwoClassesWithOneLabelTheLikelierIsWritten) {
  const std::vector<task::Class> classes = {{134, 0.5F, "crane"}, {3, 0.25F, "x"}, {517, 0.125F, "crane"}};
  EXPECT_EQ(nlohmann::json::parse(write_classes(classes)), (nlohmann::json{{"crane", 0.5F}, {"x", 0.25F}}));
}

TEST(VisionAnswers, WritesTheGoldenDetections) {
  const std::vector<std::string> labels = {"person", "b\xff", ""};
  const std::vector<task::Box> boxes = {
      {10.4F, 20.5F, 30.6F, 40, 0.875F, 0}, {0, 0, 3, 4, 0.5F, 1}, {1, 2, 3, 4, 0.1F, 2}, {1, 2, 3, 4, 0.1F, 80}};
  EXPECT_EQ(write_detections(boxes, labels, {microseconds(12'400), microseconds(13'600)}), golden("detections.json"));
}

TEST(VisionAnswers, AnImageWithoutObjectsHasAnEmptyList) {
  const auto answer = nlohmann::json::parse(write_detections({}, {}, {}));
  EXPECT_EQ(answer["success"], true);
  EXPECT_EQ(answer["predictions"], nlohmann::json::array());
  EXPECT_EQ(answer["count"], 0);
  EXPECT_EQ(answer["code"], 200);
}

TEST(VisionAnswers, WhatIsNoNumberIsNull) {
  const std::vector<task::Class> classes = {{0, std::numeric_limits<float>::quiet_NaN(), "a"}};
  EXPECT_TRUE(nlohmann::json::parse(write_classes(classes))["a"].is_null());
}

}  // namespace
}  // namespace tideline::http
