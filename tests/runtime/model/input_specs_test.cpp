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
  ASSERT_EQ(specs->inputs.size(), 1U);
  EXPECT_EQ(to_string(specs->inputs[0]), "fp32[1,3,224,224]");
  EXPECT_EQ(specs->inputs[0].name, "");
  EXPECT_TRUE(specs->outputs.empty());
}

TEST(InputSpecs, TheGoldenFileOfAnyBatchIsRead) {
  std::ifstream in(TIDELINE_SOURCE "/tests/runtime/model/golden/inputs_any_batch.json");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto specs = graph::parse_inputs_json(text);
  ASSERT_TRUE(specs) << specs.error().message;
  ASSERT_EQ(specs->inputs.size(), 2U);
  EXPECT_EQ(specs->inputs[0].shape, (Shape{kAnyBatch, 3, 224, 224}));
  EXPECT_EQ(to_string(specs->inputs[1]), "int64[*,7]");
}

TEST(InputSpecs, TheGoldenFileWithNamesIsRead) {
  std::ifstream in(TIDELINE_SOURCE "/tests/runtime/model/golden/inputs_named.json");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto specs = graph::parse_inputs_json(text);
  ASSERT_TRUE(specs) << specs.error().message;
  ASSERT_EQ(specs->inputs.size(), 2U);
  EXPECT_EQ(specs->inputs[0].name, "pixels");
  EXPECT_EQ(to_string(specs->inputs[0]), "fp32[1,3,224,224]");
  EXPECT_EQ(specs->inputs[1].name, "");
  EXPECT_EQ(specs->outputs, (std::vector<std::string>{"scores", "boxes"}));
}

TEST(InputSpecs, AnObjectMayNameOutputsAndHoldNothingElse) {
  EXPECT_TRUE(graph::parse_inputs_json(R"({"inputs":["fp32[1]"]})"));
  for (const char* text : {R"({})", R"({"outputs":["y"]})", R"({"inputs":["fp32[1]"],"other":1})",
                           R"({"inputs":["fp32[1]"],"outputs":[]})", R"({"inputs":["fp32[1]"],"outputs":"y"})",
                           R"({"inputs":["fp32[1]"],"outputs":[1]})", R"({"inputs":["fp32[1]"],"outputs":["a b"]})",
                           R"({"inputs":{},"outputs":["y"]})", R"("fp32[1]")", "nothing"})
    EXPECT_FALSE(graph::parse_inputs_json(text)) << text;
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

TEST(InputSpecs, ANameThatIsGivenGoesBeforeTheNetworks) {
  const auto specs = graph::settle_inputs({}, R"(["pixels:fp32[1]","int8[2]"])", {"x", "y"});
  ASSERT_TRUE(specs);
  EXPECT_EQ((*specs)[0].name, "pixels");
  EXPECT_EQ((*specs)[1].name, "y");
  const auto twice = graph::settle_inputs({}, R"(["y:fp32[1]","int8[2]"])", {"x", "y"});
  ASSERT_FALSE(twice);
  EXPECT_THAT(twice.error().message, HasSubstr("two inputs are named 'y'"));
}

TEST(InputSpecs, OutputsAreNamedByTheOperatorOrElseTheFileOrElseTheNetwork) {
  constexpr auto* kFile = R"({"inputs":["fp32[1]"],"outputs":["b"]})";
  EXPECT_EQ(*graph::settle_outputs({"a"}, kFile, {"output0"}), (std::vector<std::string>{"a"}));
  EXPECT_EQ(*graph::settle_outputs({}, kFile, {"output0"}), (std::vector<std::string>{"b"}));
  EXPECT_EQ(*graph::settle_outputs({}, R"(["fp32[1]"])", {"output0"}), (std::vector<std::string>{"output0"}));
  EXPECT_EQ(*graph::settle_outputs({}, "", {"output0"}), (std::vector<std::string>{"output0"}));
  const auto few = graph::settle_outputs({}, kFile, {"output0", "output1"});
  ASSERT_FALSE(few);
  EXPECT_THAT(few.error().message, HasSubstr("gives 2 tensor(s) (output0, output1), but 1 are named"));
  const auto twice = graph::settle_outputs({"a", "a"}, "", {"output0", "output1"});
  ASSERT_FALSE(twice);
  EXPECT_THAT(twice.error().message, HasSubstr("two outputs are named 'a'"));
}

TEST(InputSpecs, WhatIsGivenIsCheckedToo) {
  const auto specs = graph::settle_inputs({{"", DType::fp32, {1, 0}}}, "", {"x"});
  ASSERT_FALSE(specs);
  EXPECT_EQ(specs.error().kind, ErrorKind::invalid);
  EXPECT_THAT(specs.error().message, HasSubstr("input 'x'"));
}

}  // namespace
}  // namespace tideline
