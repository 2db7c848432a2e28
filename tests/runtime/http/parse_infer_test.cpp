#include "tests/runtime/http/golden.h"
#include "tests/runtime/http/infer_cases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tideline::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<float> kSix = {1, 2, 3, 4, 5, 6};

TEST(ParseInfer, ReadsFlatAndNestedData) {
  for (const char* data :
       {"[1,2,3,4,5,6]", "[[[1,2,3],[4,5,6]]]", "[[1,2,3],[4,5,6]]", "[ 1.0, 2e0, 3, 4, 5, 0.6e1 ]"}) {
    const auto parsed = parse(request(fmt::format(R"("data":{})", data)));
    ASSERT_TRUE(parsed) << parsed.error().message;
    ASSERT_EQ(parsed->infer.inputs.size(), 1u);
    EXPECT_EQ(values<float>(parsed->infer.inputs[0]), kSix);
    EXPECT_THAT(parsed->infer.inputs[0].shape(), ElementsAre(1, 2, 3));
    EXPECT_EQ(parsed->infer.deadline, TimePoint::max());
    EXPECT_FALSE(parsed->infer.cut);
  }
}

TEST(ParseInfer, ReadsTheGoldenJsonRequest) {
  const auto parsed = parse(golden("request.json"));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->id, "r1");
  EXPECT_EQ(parsed->infer.cut, 3u);
  EXPECT_EQ(parsed->infer.codec, plan::Codec::fp16);
  EXPECT_EQ(parsed->infer.deadline, kReceived + std::chrono::milliseconds(250));
  EXPECT_EQ(values<float>(parsed->infer.inputs[0]), (std::vector<float>{0.1f, -2.5f, 3e-8f, 4, 5, 6}));
  ASSERT_EQ(parsed->outputs.size(), 1u);
  EXPECT_EQ(parsed->outputs[0].name, "label");
}

TEST(ParseInfer, ReadsTheGoldenBinaryRequest) {
  const auto parsed = parse(golden("request.bin"), golden("request.bin").rfind('}') + 1, kTwoInputs);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(values<float>(parsed->infer.inputs[0]), (std::vector<float>{1, 2, 3, 4}));
  EXPECT_EQ(values<std::uint8_t>(parsed->infer.inputs[1]), (std::vector<std::uint8_t>{1, 0, 1}));
  ASSERT_EQ(parsed->outputs.size(), 2u);
  EXPECT_TRUE(parsed->outputs[0].binary);
  EXPECT_FALSE(parsed->outputs[1].binary);
}

TEST(ParseInfer, BinaryAndJsonInputsMayBeMixedInAnyOrder) {
  const std::string head = R"({"inputs":[{"name":"mask","datatype":"BOOL","shape":[3],"data":[true,0,1]},)"
                           R"({"name":"image","datatype":"FP32","shape":[2,2],"parameters":{"binary_data_size":16}}]})";
  const auto parsed = parse(head + raw<float>({1, 2, 3, 4}), head.size(), kTwoInputs);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(values<float>(parsed->infer.inputs[0]), (std::vector<float>{1, 2, 3, 4}));
  EXPECT_EQ(values<std::uint8_t>(parsed->infer.inputs[1]), (std::vector<std::uint8_t>{1, 0, 1}));
}

// As OpenVINO Model Server takes it. Whatever is missing or left over is an error, so no bytes are taken for others.
TEST(ParseInfer, ABinaryTensorNeedsNoSizeBecauseItsShapeGivesIt) {
  const std::string image = R"({"name":"image","datatype":"FP32","shape":[2,2]})";
  const std::string mask = R"({"name":"mask","datatype":"BOOL","shape":[3])";
  const std::string head = R"({"inputs":[)" + image + "," + mask + R"(,"parameters":{"binary_data_size":3}}]})";
  const std::string numbers = raw<float>({1, 2, 3, 4});
  const auto parsed = parse(head + numbers + std::string("\1\0\1", 3), head.size(), kTwoInputs);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(values<float>(parsed->infer.inputs[0]), (std::vector<float>{1, 2, 3, 4}));
  EXPECT_EQ(values<std::uint8_t>(parsed->infer.inputs[1]), (std::vector<std::uint8_t>{1, 0, 1}));
  EXPECT_THAT(parse(head + "\1\1\1", head.size(), kTwoInputs).error().message,
              HasSubstr("input 'image': needs 16 binary bytes, but only 3 are left"));
  EXPECT_THAT(parse(head + numbers + "12345", head.size(), kTwoInputs).error().message,
              HasSubstr("2 bytes at the end of the body belong to no input"));
  EXPECT_THAT(parse(head + numbers, head.size(), kTwoInputs).error().message,
              HasSubstr("input 'mask': needs 3 binary bytes, but only 0 are left"));
}

TEST(ParseInfer, AHeaderThatSaysAllIsJsonIsWhatTheCppClientSends) {
  const std::string body = request(R"("data":[1,2,3,4,5,6])");
  EXPECT_TRUE(parse(body, body.size()));
}

TEST(ParseInfer, ARawBodyIsTheOneInputAndAsksForBinaryOutputs) {
  const auto parsed = parse(raw(kSix), 0);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(values<float>(parsed->infer.inputs[0]), kSix);
  ASSERT_EQ(parsed->outputs.size(), 2u);
  EXPECT_TRUE(parsed->outputs[0].binary && parsed->outputs[1].binary);
  EXPECT_FALSE(parse(raw(kSix) + "x", 0));
  EXPECT_FALSE(parse("", 0));
  EXPECT_THAT(parse(raw(kSix), 0, kTwoInputs).error().message, HasSubstr("this one has 2"));
}

// A request with a binary tensor; byte `aligned` of it is aligned in memory.
Body with_tensor(const std::string& head, std::size_t aligned) {
  Body body;
  body.reserve(head.size() + 24, aligned);
  body.append(head + raw(kSix));
  return body;
}

TEST(ParseInfer, ABinaryTensorSharesTheMemoryOfABodyThatIsAlignedForIt) {
  const std::string head = request(R"("parameters":{"binary_data_size":24})");
  std::optional<Result<OipRequest>> parsed;
  {
    const Body body = with_tensor(head, head.size());
    Budget budget({100_KiB, 100_KiB});
    auto held = *budget.take("a", {});
    parsed = parse_infer(body, head.size(), {kOneInput, kOutputs}, kReceived, &held);
    ASSERT_TRUE(*parsed) << parsed->error().message;
    EXPECT_EQ((*parsed)->infer.inputs[0].bytes().data(), body.bytes().data() + head.size());
    auto of_json = *budget.take("a", {});
    EXPECT_TRUE(parse_infer(Body(request(R"("data":[1,2,3,4,5,6])")), {}, {kOneInput, kOutputs}, kReceived, &of_json));
    EXPECT_LT(held.size(), of_json.size()) << "it takes no memory of its own";
  }
  EXPECT_EQ(values<float>((*parsed)->infer.inputs[0]), kSix) << "it keeps the body";
}

TEST(ParseInfer, ABinaryTensorThatIsNotAlignedIsCopiedToWhereItIs) {
  const std::string head = request(R"("parameters":{"binary_data_size":24})");
  for (std::size_t shift = 1; shift < kTensorAlignment; ++shift) {
    const Body body = with_tensor(head, head.size() + shift);
    const auto parsed = parse_infer(body, head.size(), {kOneInput, kOutputs}, kReceived);
    ASSERT_TRUE(parsed) << parsed.error().message;
    const Tensor& tensor = parsed->infer.inputs[0];
    EXPECT_TRUE(is_aligned(tensor.bytes().data())) << shift;
    EXPECT_FALSE(body.holds(tensor.bytes().data())) << shift;
    EXPECT_EQ(values<float>(tensor), kSix) << shift;
  }
}

TEST(ParseInfer, EveryDatatypeThatJsonCarriesIsReadWithinItsRange) {
  struct Case {
    DType dtype;
    std::string good;
    std::vector<std::string> bad;
  };
  const std::vector<Case> cases = {
      {DType::int8, "-128", {"128", "-129", "1.5", "true", "\"1\"", "null", "[1,1]", "{}", "1e300"}},
      {DType::uint8, "255.0", {"256", "-1", "-0.5"}},
      {DType::int16, "32767", {"32768"}},
      {DType::int32, "-2147483648", {"2147483648"}},
      {DType::int64, "-9223372036854775808", {"9223372036854775808", "1e18", "99999999999999999999"}},
      {DType::fp64, "1e308", {"true", "\"nan\""}},
      {DType::fp32, "3.4e38", {"3.5e38", "-1e300", "false"}},
      {DType::boolean, "true", {"2", "-1", "0.5", "\"true\""}},
  };
  for (const Case& c : cases) {
    const std::vector<TensorSpec> spec = {{"x", c.dtype, {1}}};
    const auto with = [&](const std::string& value) {
      return parse(fmt::format(R"({{"inputs":[{{"name":"x","datatype":"{}","shape":[1],"data":[{}]}}]}})",
                               oip_name(c.dtype), value),
                   {}, spec);
    };
    EXPECT_TRUE(with(c.good)) << oip_name(c.dtype) << " " << c.good << ": " << with(c.good).error().message;
    for (const std::string& bad : c.bad) EXPECT_FALSE(with(bad)) << oip_name(c.dtype) << " " << bad;
  }
}

TEST(ParseInfer, HalfPrecisionIsBinaryOnly) {
  for (const DType half : {DType::fp16, DType::bf16}) {
    const std::vector<TensorSpec> spec = {{"x", half, {2}}};
    const std::string input = fmt::format(R"({{"name":"x","datatype":"{}","shape":[2],)", oip_name(half));
    const auto json = parse(R"({"inputs":[)" + input + R"("data":[1,2]}]})", {}, spec);
    ASSERT_FALSE(json);
    EXPECT_THAT(json.error().message, HasSubstr("send it binary"));
    const std::string head = R"({"inputs":[)" + input + R"("parameters":{"binary_data_size":4}}]})";
    EXPECT_TRUE(parse(head + "abcd", head.size(), spec));

    const auto out = parse_infer(request(R"("data":[1,2,3,4,5,6])"), {}, {kOneInput, spec}, kReceived);
    ASSERT_FALSE(out);
    EXPECT_THAT(out.error().message, HasSubstr("'binary_data': true"));
    EXPECT_TRUE(parse_infer(request(R"("data":[1,2,3,4,5,6])", R"("parameters":{"binary_data_output":true},)"), {},
                            {kOneInput, spec}, kReceived));
  }
}

TEST(ParseInfer, ABatchThatVariesIsTakenUpToItsLimit) {
  const std::vector<TensorSpec> spec{{"x", DType::fp32, {kAnyBatch, 2}}};
  const auto json = [](const std::string& shape, const std::string& data) {
    return R"({"inputs":[{"name":"x","datatype":"FP32","shape":)" + shape + R"(,"data":)" + data + "}]}";
  };
  for (const auto& [shape, data] : {std::pair("[1,2]", "[1,2]"), {"[3,2]", "[[1,2],[3,4],[5,6]]"}}) {
    const auto parsed = parse(json(shape, data), {}, spec);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->infer.inputs[0].shape()[1], 2);
  }
  for (const auto* shape : {"[5,2]", "[1000000000000,2]", "[0,2]", "[-1,2]", "[2]", "[2,3]", "[1.0,2]", "2"})
    EXPECT_FALSE(parse(json(shape, "[1,2]"), {}, spec)) << shape;
  EXPECT_THAT(parse(json("[5,2]", "[1,2]"), {}, spec).error().message, HasSubstr("over the limit of 4"));
  EXPECT_THAT(parse(json("[2,3]", "[1,2]"), {}, spec).error().message, HasSubstr("send FP32 [-1,2]"));
  const auto raw_pair = parse(raw<float>({1, 2, 3, 4}), 0, spec);
  ASSERT_TRUE(raw_pair) << raw_pair.error().message;
  EXPECT_THAT(raw_pair->infer.inputs[0].shape(), ElementsAre(2, 2));
  EXPECT_FALSE(parse(raw<float>({1, 2, 3}), 0, spec));
  EXPECT_FALSE(parse(std::string(5 * 8, 'x'), 0, spec));
  EXPECT_FALSE(parse("", 0, spec));
}

TEST(ParseInfer, OutputsAreThoseAskedForInThatOrderAndForm) {
  const auto parsed = parse(request(R"("data":[1,2,3,4,5,6])",
                                    R"("parameters":{"binary_data_output":true},"outputs":[{"name":"label"},)"
                                    R"({"name":"y","parameters":{"binary_data":false}}],)"));
  ASSERT_TRUE(parsed) << parsed.error().message;
  ASSERT_EQ(parsed->outputs.size(), 2u);
  EXPECT_EQ(parsed->outputs[0].name, "label");
  EXPECT_TRUE(parsed->outputs[0].binary);
  EXPECT_EQ(parsed->outputs[1].name, "y");
  EXPECT_FALSE(parsed->outputs[1].binary);
}

TEST(ParseInfer, ParametersItDoesNotKnowAreIgnored) {
  EXPECT_TRUE(parse(
      request(R"("data":[1,2,3,4,5,6])", R"("parameters":{"priority":1,"mine":"a","triton_x":true},"extra":[],)")));
}

TEST(ParseInfer, ATimeoutBeyondADayIsNone) {
  const auto parsed = parse(request(R"("data":[1,2,3,4,5,6])", R"("parameters":{"timeout":18446744073709551615},)"));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->infer.deadline, TimePoint::max());
}

struct BadCase {
  std::string body;
  std::string sentence;  // Part of the message.
};

TEST(ParseInfer, WhatDoesNotFitIsAnErrorThatNamesItAndWhatIsWanted) {
  const std::string good = R"("data":[1,2,3,4,5,6])";
  const std::vector<BadCase> cases = {
      {"", "the body is not JSON"},
      {"{", "the body is not JSON"},
      {"[]", "not an object"},
      {"null", "not an object"},
      {"{\"inputs\":[{\"name\":\"\xff\"}]}", "the body is not JSON"},
      {R"({"a":1e999})", "the body is not JSON"},
      {R"({"inputs":[NaN]})", "the body is not JSON"},
      {"{}", "the array 'inputs' is missing; the model takes 'x' of FP32 [1,2,3]"},
      {R"({"inputs":{}})", "the array 'inputs' is missing"},
      {R"({"inputs":[]})", "input 'x' is missing"},
      {R"({"inputs":[7]})", "an input has no 'name'"},
      {R"({"inputs":[{"name":7}]})", "an input has no 'name'"},
      {R"({"inputs":[{"name":"z"}]})", "no input 'z'; it takes 'x' of FP32 [1,2,3]"},
      {R"({"inputs":[{"name":"x"}]})", "input 'x': has no 'datatype'"},
      {R"({"inputs":[{"name":"x","datatype":"BYTES"}]})",
       "this model does not take; send FP32 [1,2,3], or configure it with --image NAME=PRESET"},
      {R"({"inputs":[{"name":"x","datatype":32}]})", "datatype '32'"},
      {R"({"inputs":[{"name":"x","datatype":"FP32"}]})", "has no 'shape'"},
      {R"({"inputs":[{"name":"x","datatype":"FP32","shape":[1,2]}]})", "shape '[1,2]' does not fit the model"},
      {R"({"inputs":[{"name":"x","datatype":"FP32","shape":[1,2,"3"]}]})", "send FP32 [1,2,3]"},
      {R"({"inputs":[{"name":"x","datatype":"FP32","shape":[1,-2,-3]}]})", "send FP32 [1,2,3]"},
      {R"({"inputs":[{"name":"x","datatype":"FP32","shape":[4294967296,4294967296,4294967296]}]})", "send FP32"},
      {R"({"inputs":[{"name":"x","datatype":"FP32","shape":[18446744073709551615,2,3]}]})", "send FP32"},
      {R"({"inputs":[{"name":"x","datatype":"FP32","shape":6}]})", "send FP32"},
      {request(R"("data":[1,2,3,4,5])"), "'data' has 5 elements, but its shape has 6"},
      {request(R"("data":[1,2,3,4,5,6,7])"), "'data' has 7 elements"},
      {request(R"("data":[])"), "'data' has 0 elements"},
      {request(R"("data":5)"), "'data' is not an array"},
      {request(R"("data":[1,2,"three",4,5,6])"), "'\"three\"' as element 2"},
      {request(R"("data":[1,2,{},4,5,6])"), "as element 2"},
      {request(R"("data":null)"), "neither 'data' nor 'binary_data_size'"},
      {request(good + R"(,"parameters":{"binary_data_size":24})"), "both"},
      {request(good + R"(,"parameters":[])"), "'parameters' is not an object"},
      {request(R"("parameters":{"binary_data_size":24})"), "needs 24 binary bytes, but only 0 are left"},
      {request(R"("parameters":{"binary_data_size":23})"), "23 binary bytes do not match the 24 of FP32 [1,2,3]"},
      {request(R"("parameters":{"binary_data_size":18446744073709551615})"), "do not match the 24"},
      {request(R"("parameters":{"binary_data_size":-24})"), "'binary_data_size' is not a whole number"},
      {request(R"("parameters":{"binary_data_size":"24"})"), "'binary_data_size' is not a whole number"},
      {request(good, R"("id":7,)"), "'id' is not a string"},
      {request(good, R"("parameters":3,)"), "'parameters' is not an object"},
      {request(good, R"("parameters":{"cut":-1},)"), "'cut' is not a whole number"},
      {request(good, R"("parameters":{"cut":1.5},)"), "'cut' is not a whole number"},
      {request(good, R"("parameters":{"cut":4294967296},)"), "'cut' is 4294967296"},
      {request(good, R"("parameters":{"codec":"fp7"},)"), "'codec'"},
      {request(good, R"("parameters":{"codec":7},)"), "'codec' is not a string"},
      {request(good, R"("parameters":{"timeout":0},)"), "'timeout' is 0"},
      {request(good, R"("parameters":{"timeout":-5},)"), "'timeout' is not a whole number"},
      {request(good, R"("parameters":{"binary_data_output":1},)"), "'binary_data_output' is neither true nor false"},
      {request(good, R"("outputs":{},)"), "'outputs' is not an array"},
      {request(good, R"("outputs":["y"],)"), "an output has no 'name'"},
      {request(good, R"("outputs":[{"name":"z"}],)"), "no output 'z'; it gives 'y', 'label'"},
      {request(good, R"("outputs":[{"name":"y"},{"name":"y"}],)"), "asked for twice"},
      {request(good, R"("outputs":[{"name":"y","parameters":{"binary_data":"yes"}}],)"), "'binary_data' is neither"},
  };
  for (const BadCase& c : cases) {
    const auto parsed = parse(c.body);
    ASSERT_FALSE(parsed) << c.body;
    EXPECT_EQ(parsed.error().kind, ErrorKind::invalid);
    EXPECT_THAT(parsed.error().message, HasSubstr(c.sentence)) << c.body;
    EXPECT_LT(parsed.error().message.size(), 500u) << c.body;
  }
}

TEST(ParseInfer, AnInputMayNotComeTwice) {
  const std::string one = R"({"name":"x","datatype":"FP32","shape":[1,2,3],"data":[1,2,3,4,5,6]})";
  EXPECT_THAT(parse(R"({"inputs":[)" + one + "," + one + "]}").error().message, HasSubstr("given twice"));
}

TEST(ParseInfer, AJsonSizeThatLiesIsFoundOut) {
  const std::string head = request(R"("parameters":{"binary_data_size":24})");
  const std::string body = head + raw(kSix);
  EXPECT_TRUE(parse(body, head.size()));
  EXPECT_THAT(parse(body, body.size() + 1).error().message, HasSubstr("but the body has only"));
  EXPECT_THAT(parse(body, UINT64_MAX).error().message, HasSubstr("but the body has only"));
  EXPECT_FALSE(parse(body, head.size() - 1));
  EXPECT_FALSE(parse(body, head.size() + 1));
  EXPECT_THAT(parse(body + "x", head.size()).error().message, HasSubstr("1 bytes at the end"));
  EXPECT_THAT(parse(body.substr(0, body.size() - 1), head.size()).error().message, HasSubstr("only 23 are left"));
}

TEST(ParseInfer, NestingIsBounded) {
  const std::string deep = request(R"("data":)" + std::string(100'000, '[') + std::string(100'000, ']'));
  EXPECT_THAT(parse(deep).error().message, HasSubstr("levels deep"));
  EXPECT_THAT(parse(std::string(1'000'000, '[')).error().message, HasSubstr("levels deep"));
  EXPECT_TRUE(parse(request(R"("data":[1,2,3,4,5,6],"note":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"[")"))) << "text";
}

TEST(ParseInfer, ValuesThatTheModelCannotNeedAreNotEvenRead) {
  std::string many = "[0";
  for (int i = 0; i < 100'000; ++i) many += ",0";
  EXPECT_THAT(parse(request(R"("data":)" + many + "]")).error().message, HasSubstr("more than the"));
}

TEST(ParseInfer, AFullyNestedTensorOfManyUnitDimensionsIsWithinTheBounds) {
  const std::vector<TensorSpec> spec = {{"x", DType::fp32, {20'000, 1, 1, 1}}};
  std::string data = "[";
  for (int i = 0; i < 20'000; ++i) data += i == 0 ? "[[[7]]]" : ",[[[7]]]";
  const auto parsed =
      parse(R"({"inputs":[{"name":"x","datatype":"FP32","shape":[20000,1,1,1],"data":)" + data + "]}]}", {}, spec);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(values<float>(parsed->infer.inputs[0]), std::vector<float>(20'000, 7));
}

std::string asking_with(std::string_view request_parameters, std::string_view input_parameters,
                        std::string_view output_parameters) {
  return fmt::format(R"({{"parameters":{{{}}},"inputs":[{{"name":"x","datatype":"FP32","shape":[1,2,3],)"
                     R"("data":[1,2,3,4,5,6],"parameters":{{{}}}}}],"outputs":[{{"name":"y","parameters":{{{}}}}}]}})",
                     request_parameters, input_parameters, output_parameters);
}

TEST(ParseInfer, WhatWouldGiveTheAnswerAnotherMeaningIsRefused) {
  for (const char* asked : {R"("classification":3)", R"("classification":"all")", R"("shared_memory_region":"r")",
                            R"("shared_memory_offset":8)", R"("shared_memory_byte_size":8)"}) {
    const std::string name(asked + 1, std::string_view(asked).find('"', 1) - 1);
    for (const std::string& body :
         {asking_with(asked, "", ""), asking_with("", asked, ""), asking_with("", "", asked)}) {
      if (body == asking_with("", "", R"("classification":3)")) continue;
      const auto parsed = parse(body);
      ASSERT_FALSE(parsed) << body;
      EXPECT_EQ(parsed.error().kind, ErrorKind::invalid);
      EXPECT_THAT(parsed.error().message, HasSubstr("'" + name + "'"));
    }
  }
}

TEST(ParseInfer, AnOutputMayBeAskedForAsClasses) {
  const auto parsed = parse(asking_with("", "", R"("classification":3,"binary_data":true)"));
  ASSERT_TRUE(parsed) << parsed.error().message;
  ASSERT_EQ(parsed->outputs.size(), 1u);
  EXPECT_EQ(parsed->outputs[0].classes, 3u);
  EXPECT_TRUE(parsed->outputs[0].binary);
  EXPECT_EQ(parse(asking_with("", "", R"("classification":4294967295)"))->outputs[0].classes, 4294967295u);
  EXPECT_EQ(parse(asking_with("", "", ""))->outputs[0].classes, 0u);
}

TEST(ParseInfer, ClassesAreANumberAndOnlyOfWhatHasScores) {
  for (const char* asked : {"-1", "1.5", "true", "\"3\"", "[3]", "4294967296"})
    EXPECT_THAT(parse(asking_with("", "", fmt::format(R"("classification":{})", asked))).error().message,
                HasSubstr("output 'y': parameter 'classification' is '"))
        << asked;
  EXPECT_THAT(
      parse(request(R"("data":[1,2,3,4,5,6])", R"("outputs":[{"name":"label","parameters":{"classification":1}}],)"))
          .error()
          .message,
      HasSubstr("output 'label': parameter 'classification' needs an output of FP32 [N,CLASSES], but this one "
                "is INT64 [1]; leave it out"));
}

TEST(ParseInfer, WhatChangesNoMeaningIsIgnored) {
  for (const char* asked : {R"("classification":0)", R"("classification":null)", R"("priority":1)",
                            R"("triton_enable_empty_final_response":true)", R"("mine":{"a":[1]})"}) {
    for (const std::string& body :
         {asking_with(asked, "", ""), asking_with("", asked, ""), asking_with("", "", asked)}) {
      const auto parsed = parse(body);
      EXPECT_TRUE(parsed) << parsed.error().message;
    }
  }
}

TEST(ParseInfer, WhatItMakesOfABodyIsTakenFromTheBudgetFirst) {
  const std::string body = request(R"("data":[1,2,3,4,5,6])");
  Budget budget({2_KiB, 2_KiB});
  auto held = budget.take("a", {100});
  ASSERT_TRUE(held);
  EXPECT_TRUE(parse(body, {}, kOneInput, &*held));
  EXPECT_GT(held->size().count, 100 + 6 * 32u);
  held->set(2_KiB);
  const auto refused = parse(body, {}, kOneInput, &*held);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::overloaded);
  EXPECT_THAT(refused.error().message, HasSubstr("values of JSON (binary tensors take less): 2 KiB are already held"));
  const std::string head = request(R"("parameters":{"binary_data_size":24})");
  EXPECT_EQ(parse(head + raw(kSix), head.size(), kOneInput, &*held).error().kind, ErrorKind::overloaded);
}

TEST(ParseInfer, ATensorThatIsCopiedIsTakenFromTheBudgetFirst) {
  const std::vector<TensorSpec> two = {{"a", DType::fp32, {1}}, {"b", DType::fp32, {1000}}};
  const std::string head =
      R"({"inputs":[{"name":"a","datatype":"FP32","shape":[1],"parameters":{"binary_data_size":4}},)"
      R"({"name":"b","datatype":"FP32","shape":[1000],"parameters":{"binary_data_size":4000}}]})";
  Body body;
  body.reserve(head.size() + 4004, head.size());
  body.append(head + raw(std::vector<float>(1001, 1)));
  Budget budget({4_KiB, 4_KiB});
  auto held = *budget.take("a", {});
  const auto refused = parse_infer(body, head.size(), {two, kOutputs}, kReceived, &held);
  ASSERT_FALSE(refused) << "the second one is not aligned";
  EXPECT_EQ(refused.error().kind, ErrorKind::overloaded);
  EXPECT_THAT(refused.error().message, HasSubstr("input 'b': its tensor"));
}

}  // namespace
}  // namespace tideline::http
