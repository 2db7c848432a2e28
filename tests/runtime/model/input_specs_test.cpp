#include "runtime/model/graph/input_specs.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

namespace tideline {
namespace {

using ::testing::HasSubstr;

TEST(InputSpecs, TheGoldenFileIsRead) {
  std::ifstream in(TIDELINE_SOURCE "/tests/runtime/model/golden/inputs.json");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto specs = graph::parse_inputs_json(text);
  ASSERT_TRUE(specs) << specs.error().message;
  ASSERT_EQ(specs->size(), 1U);
  EXPECT_EQ(to_string((*specs)[0]), "fp32[1,3,224,224]");
}

TEST(InputSpecs, TheGoldenFileOfAnyBatchIsRead) {
  std::ifstream in(TIDELINE_SOURCE "/tests/runtime/model/golden/inputs_any_batch.json");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto specs = graph::parse_inputs_json(text);
  ASSERT_TRUE(specs) << specs.error().message;
  ASSERT_EQ(specs->size(), 2U);
  EXPECT_EQ((*specs)[0].shape, (Shape{kAnyBatch, 3, 224, 224}));
  EXPECT_EQ(to_string((*specs)[1]), "int64[*,7]");
}

TEST(InputSpecs, TextOverItsLimitsIsRefused) {
  EXPECT_FALSE(graph::parse_inputs_json(std::string(70'000, ' ') + R"(["fp32[1]"])"));
  std::string many = R"(["fp32[1]")";
  for (int i = 0; i < 64; ++i) many += R"(,"fp32[1]")";
  EXPECT_FALSE(graph::parse_inputs_json(many + "]"));
  EXPECT_FALSE(graph::parse_inputs_json(std::string(30'000, '[')));
}

TEST(InputSpecs, WhatIsGivenGoesBeforeWhatTheFileSays) {
  const auto specs = graph::settle_inputs({{"", DType::int8, {4}}}, R"(["fp32[1]"])", {"x"});
  ASSERT_TRUE(specs);
  EXPECT_EQ(to_string((*specs)[0]), "int8[4]");
  EXPECT_EQ((*specs)[0].name, "x");
}

TEST(InputSpecs, WhatIsGivenIsCheckedToo) {
  const auto specs = graph::settle_inputs({{"", DType::fp32, {1, 0}}}, "", {"x"});
  ASSERT_FALSE(specs);
  EXPECT_EQ(specs.error().kind, ErrorKind::invalid);
  EXPECT_THAT(specs.error().message, HasSubstr("input 'x'"));
}

}  // namespace
}  // namespace tideline
