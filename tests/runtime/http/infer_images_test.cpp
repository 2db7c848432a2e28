#include "runtime/http/byte_elements.h"
#include "tests/runtime/http/golden.h"
#include "tests/runtime/http/infer_cases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tideline::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string elements(const std::vector<std::string>& files) {
  std::string bytes;
  for (const std::string& file : files) append_sized(bytes, file);
  return bytes;
}

// A request with these image files in that shape.
Result<OipRequest> parse_files(std::string_view shape, const std::string& bytes, std::string_view more = "") {
  const std::string head = fmt::format(
      R"({{"inputs":[{{"name":"x","datatype":"BYTES","shape":{},"parameters":{{"binary_data_size":{}}}{}}}]}})", shape,
      bytes.size(), more);
  return parse_for_images(head + bytes, head.size());
}

TEST(InferImages, ReadsTheGoldenRequest) {
  const std::string body = golden("request_images.bin");
  const auto parsed = parse_for_images(body, body.rfind('}') + 1);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->id, "r4");
  EXPECT_TRUE(parsed->infer.inputs.empty());
  ASSERT_EQ(parsed->infer.images.size(), 2u);
  EXPECT_EQ(text_of(parsed->infer.images[0]),
            "\xff\xd8\xff\xe0"
            "first");
  EXPECT_EQ(text_of(parsed->infer.images[1]), "\x89PNG\r\n\x1a\nsecond");
  EXPECT_EQ(parsed->infer.images[0].dtype(), DType::uint8);
  EXPECT_THAT(parsed->infer.images[0].shape(), ElementsAre(9));
  EXPECT_EQ(parsed->outputs[0].classes, 1u);
}

TEST(InferImages, TheFilesShareTheMemoryOfTheBody) {
  const auto parsed = parse_files("[2]", elements({std::string(1000, 'a'), "b"}));
  ASSERT_TRUE(parsed) << parsed.error().message;
  const auto& images = parsed->infer.images;
  EXPECT_EQ(images[1].bytes().data(), images[0].bytes().data() + 1000 + 4);
  EXPECT_FALSE(images[0].data().owner_before(images[1].data()) || images[1].data().owner_before(images[0].data()));
}

TEST(InferImages, TakeNoMemoryFromTheBudgetButForTheJson) {
  Budget budget({1_MiB, 1_MiB});
  auto held = budget.take("a", {0});
  ASSERT_TRUE(held);
  const std::string bytes = elements({std::string(900'000, 'a')});
  const std::string head = fmt::format(
      R"({{"inputs":[{{"name":"x","datatype":"BYTES","shape":[1],"parameters":{{"binary_data_size":{}}}}}]}})",
      bytes.size());
  EXPECT_TRUE(parse_infer(head + bytes, head.size(), {kOneInput, kOutputs, 4, true}, kReceived, &*held));
  EXPECT_LT(held->size().count, 10'000u);
}

TEST(InferImages, TheShapeIsTheNumberOfFilesOrAColumnOfThem) {
  const std::string two = elements({"a", "b"});
  EXPECT_TRUE(parse_files("[2]", two));
  EXPECT_TRUE(parse_files("[2,1]", two));
  for (const char* shape : {"[1,2]", "[2,1,1]", "[]", "[-2]", "[0]", "[2.0]", "2", "[\"2\"]", "null"})
    EXPECT_THAT(parse_files(shape, two).error().message, HasSubstr("input 'x': ")) << shape;
  EXPECT_THAT(parse_files("[2,2]", two).error().message, HasSubstr("shape '[2,2]' does not fit image files; send [N]"));
  EXPECT_THAT(parse_files("[5]", two).error().message, HasSubstr("over the limit of 4"));
  EXPECT_THAT(parse_files("[18446744073709551615]", two).error().message, HasSubstr("over the limit of 4"));
}

TEST(InferImages, LengthsAreCheckedAgainstWhatCame) {
  EXPECT_THAT(parse_files("[2]", elements({"a"})).error().message,
              HasSubstr("input 'x': element 1 of 2 has no length"));
  EXPECT_THAT(parse_files("[1]", elements({"a", "b"})).error().message, HasSubstr("5 bytes follow the last of 1"));
  EXPECT_THAT(parse_files("[1]", std::string("\xff\xff\0\0abc", 7)).error().message,
              HasSubstr("element 0 is 65535 bytes long by its first 4 bytes, but only 3 are left"));
  EXPECT_THAT(parse_files("[2]", elements({"a", ""})).error().message, HasSubstr("image 1 is empty"));
  const std::string head =
      R"({"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":99}}]})";
  EXPECT_THAT(parse_for_images(head + elements({"a"}), head.size()).error().message,
              HasSubstr("needs 99 binary bytes, but only 5 are left"));
  const std::string less =
      R"({"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":5}}]})";
  EXPECT_THAT(parse_for_images(less + elements({"a", "b"}), less.size()).error().message,
              HasSubstr("5 bytes at the end of the body belong to no input"));
}

TEST(InferImages, AnImageInJsonIsRefusedWithTheRemedy) {
  const std::string body = R"({"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"data":["/9j/4AAQ"]}]})";
  EXPECT_THAT(parse_for_images(body, {}).error().message,
              HasSubstr("input 'x': image files cannot be sent as JSON; send them after it"));
  EXPECT_THAT(parse_files("[1]", elements({"a"}), R"(,"data":["a"])").error().message, HasSubstr("as JSON"));
  EXPECT_THAT(parse_for_images(R"({"inputs":[{"name":"x","datatype":"BYTES","shape":[1]}]})", {}).error().message,
              HasSubstr("input 'x': has no 'binary_data_size'"));
  EXPECT_THAT(
      parse_for_images(
          R"({"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":"5"}}]})", {})
          .error()
          .message,
      HasSubstr("'binary_data_size' is not a whole number"));
}

// As OpenVINO Model Server takes it.
TEST(InferImages, OneFileThatIsAllThatComesNeedsNoLength) {
  const std::string head = R"({"inputs":[{"name":"x","datatype":"BYTES","shape":[1]}]})";
  const auto parsed = parse_for_images(head + "a whole file", head.size());
  ASSERT_TRUE(parsed) << parsed.error().message;
  ASSERT_EQ(parsed->infer.images.size(), 1u);
  EXPECT_EQ(text_of(parsed->infer.images[0]), "a whole file");
  const std::string two = R"({"inputs":[{"name":"x","datatype":"BYTES","shape":[2]}]})";
  EXPECT_THAT(parse_for_images(two + "two files", two.size()).error().message, HasSubstr("has no 'binary_data_size'"));
  const std::string one = R"({"name":"x","datatype":"BYTES","shape":[1]})",
                    twice = R"({"inputs":[)" + one + "," + one + "]}";
  EXPECT_THAT(parse_for_images(twice + "a file", twice.size()).error().message,
              HasSubstr("only one image as the one input"));
}

TEST(InferImages, AnInputComesOnceWhetherAsImagesOrAsATensor) {
  const std::string images = R"({"name":"x","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":5}})";
  const std::string tensor = R"({"name":"x","datatype":"FP32","shape":[1,2,3],"data":[1,2,3,4,5,6]})";
  for (const auto& [first, second] : {std::pair(images, tensor), {tensor, images}, {images, images}}) {
    const std::string head = R"({"inputs":[)" + first + "," + second + "]}";
    EXPECT_THAT(parse_for_images(head + elements({"a"}), head.size()).error().message, HasSubstr("given twice"));
  }
}

TEST(InferImages, TensorsAreStillTaken) {
  const auto parsed = parse_for_images(request(R"("data":[1,2,3,4,5,6])"), {});
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->infer.inputs.size(), 1u);
  EXPECT_TRUE(parsed->infer.images.empty());
  EXPECT_THAT(parse_for_images(R"({"inputs":[]})", {}).error().message, HasSubstr("input 'x' is missing"));
}

TEST(InferImages, AWholeBodyIsOneImageAndAsksForAllOutputs) {
  const std::vector<TensorSpec> outputs = {{"y", DType::fp32, {1, 2}}, {"half", DType::fp16, {1, 2}}};
  const auto parsed = parse_image("a file", {kOneInput, outputs, 1, true});
  ASSERT_TRUE(parsed) << parsed.error().message;
  ASSERT_EQ(parsed->infer.images.size(), 1u);
  EXPECT_EQ(text_of(parsed->infer.images[0]), "a file");
  ASSERT_EQ(parsed->outputs.size(), 2u);
  EXPECT_FALSE(parsed->outputs[0].binary);
  EXPECT_TRUE(parsed->outputs[1].binary) << "it has no form in JSON";
  EXPECT_THAT(parse_image("", {kOneInput, outputs, 1, true}).error().message, HasSubstr("the body is empty"));
  EXPECT_THAT(parse_image("a file", {kOneInput, outputs, 1}).error().message, HasSubstr("--image NAME=PRESET"));
}

}  // namespace
}  // namespace tideline::http
