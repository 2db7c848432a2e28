#include "tests/runtime/http/golden.h"
#include "tests/runtime/http/infer_cases.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>

namespace tideline::http {
namespace {

using std::chrono::microseconds;

engine::InferResult served() {
  engine::InferResult served;
  served.outputs = {tensor<float>(DType::fp32, {1, 2}, {0.1f, -2.5f}),
                    tensor<std::int64_t>(DType::int64, {1}, {std::numeric_limits<std::int64_t>::min()})};
  served.placement = engine::Placement::split;
  served.plan = {"digest", 7, plan::Codec::fp16};
  served.timing = {microseconds(10), microseconds(20), microseconds(30),
                   microseconds(40), microseconds(50), std::chrono::nanoseconds(151'999)};
  return served;
}

TEST(WriteInfer, WritesTheGoldenJsonAnswer) {
  OipRequest request;
  request.id = "r1";
  request.outputs = {{.name = "y"}, {.name = "label"}};
  const OipResponse response = write_infer(request, {"net", kOutputs}, served());
  EXPECT_EQ(response.body, golden("response.json"));
  EXPECT_FALSE(response.json_size);
}

TEST(WriteInfer, WritesTheGoldenBinaryAnswer) {
  OipRequest request;
  request.id = "r2";
  request.outputs = {{.name = "label"}, {.name = "y", .binary = true}};
  const OipResponse response = write_infer(request, {"net", kOutputs}, served());
  EXPECT_EQ(response.body, golden("response.bin"));
  EXPECT_EQ(response.json_size, response.body.size() - 8);
}

TEST(WriteInfer, ARequestWithoutIdGetsNoneAndOneWithAnOddIdGetsItBack) {
  OipRequest request;
  request.outputs = {{.name = "label"}};
  EXPECT_FALSE(nlohmann::json::parse(write_infer(request, {"net", kOutputs}, served()).body).contains("id"));
  request.id = "a \"quoted\"\n\\ id";
  EXPECT_EQ(nlohmann::json::parse(write_infer(request, {"net", kOutputs}, served()).body)["id"], request.id);
}

std::string data_of(const Tensor& tensor) {
  const std::vector<TensorSpec> spec = {{"y", tensor.dtype(), tensor.shape()}};
  OipRequest request;
  request.outputs = {{.name = "y"}};
  engine::InferResult one = served();
  one.outputs = {tensor};
  const std::string body = write_infer(request, {"net", spec}, one).body;
  const std::size_t at = body.find("\"data\":") + 7;
  return body.substr(at, body.size() - 3 - at);
}

TEST(WriteInfer, FloatsReadBackToTheVeryBits) {
  std::mt19937 random(7);
  std::vector<float> floats = {0.f, -0.f, 1.f, 1e-45f, 3.4028235e38f, 0.1f, 16777216.f, 1e20f};
  while (floats.size() < 5000) {
    const float value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    if (std::isfinite(value)) floats.push_back(value);
  }
  const auto numbers =
      nlohmann::json::parse(data_of(tensor(DType::fp32, {static_cast<std::int64_t>(floats.size())}, floats)));
  ASSERT_EQ(numbers.size(), floats.size());
  for (std::size_t i = 0; i < floats.size(); ++i)
    EXPECT_EQ(std::bit_cast<std::uint32_t>(static_cast<float>(numbers[i].get<double>())) & 0x7fffffffu,
              std::bit_cast<std::uint32_t>(floats[i]) & 0x7fffffffu)
        << floats[i];
}

TEST(WriteInfer, WhatIsNoNumberIsNull) {
  const float inf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(data_of(tensor<float>(DType::fp32, {3}, {std::nanf(""), inf, -inf})), "[null,null,null]");
}

TEST(WriteInfer, EveryDatatypeHasItsNumbers) {
  EXPECT_EQ(data_of(tensor<std::int8_t>(DType::int8, {2}, {-128, 7})), "[-128,7]");
  EXPECT_EQ(data_of(tensor<std::uint8_t>(DType::uint8, {2}, {255, 65})), "[255,65]");
  EXPECT_EQ(data_of(tensor<std::int16_t>(DType::int16, {1}, {-300})), "[-300]");
  EXPECT_EQ(data_of(tensor<std::int32_t>(DType::int32, {1}, {70000})), "[70000]");
  EXPECT_EQ(data_of(tensor<double>(DType::fp64, {1}, {0.1})), "[0.1]");
  EXPECT_EQ(data_of(tensor<std::uint8_t>(DType::boolean, {3}, {1, 0, 2})), "[true,false,true]");
}

const std::vector<std::string> kLabels = {"tabby", "tiger \"cat\"", ""};

// Two images, three classes.
engine::InferResult scored() {
  engine::InferResult scored = served();
  scored.outputs = {tensor<float>(DType::fp32, {2, 3}, {0.25f, 0.625f, 0.125f, -7.f, 1e-9f, 12345.678f}),
                    scored.outputs[1]};
  return scored;
}

TEST(WriteInfer, WritesTheGoldenAnswerWithClasses) {
  OipRequest request;
  request.id = "r3";
  request.outputs = {{.name = "y", .classes = 2}, {.name = "label"}};
  const OipResponse response = write_infer(request, {"net", kOutputs, kLabels}, scored());
  EXPECT_EQ(response.body, golden("response_classes.json"));
  EXPECT_FALSE(response.json_size);
}

TEST(WriteInfer, WritesTheGoldenBinaryAnswerWithClasses) {
  OipRequest request;
  request.outputs = {{.name = "y", .binary = true, .classes = 2}, {.name = "label", .binary = true}};
  const OipResponse response = write_infer(request, {"net", kOutputs, kLabels}, scored());
  EXPECT_EQ(response.body, golden("response_classes.bin"));
  EXPECT_EQ(response.json_size, response.body.rfind('}') + 1);
}

TEST(WriteInfer, MoreClassesThanThereAreMeansAllOfThem) {
  OipRequest request;
  request.outputs = {{.name = "y", .classes = 4'000'000'000}};
  const auto answer = nlohmann::json::parse(write_infer(request, {"net", kOutputs}, scored()).body)["outputs"][0];
  EXPECT_EQ(answer["datatype"], "BYTES");
  EXPECT_EQ(answer["shape"], nlohmann::json({2, 3}));
  EXPECT_EQ(answer["data"],
            nlohmann::json({"0.625000:1", "0.250000:0", "0.125000:2", "12345.677734:2", "0.000000:1", "-7.000000:0"}));
}

TEST(WriteInfer, WhatIsNoNumberIsTheLastClass) {
  OipRequest request;
  request.outputs = {{.name = "y", .classes = 2}};
  engine::InferResult odd = served();
  odd.outputs[0] = tensor<float>(DType::fp32, {1, 2}, {std::nanf(""), -1.f});
  const auto answer = nlohmann::json::parse(write_infer(request, {"net", kOutputs}, odd).body)["outputs"][0];
  EXPECT_EQ(answer["data"], nlohmann::json({"-1.000000:1", "nan:0"}));
}

}  // namespace
}  // namespace tideline::http
