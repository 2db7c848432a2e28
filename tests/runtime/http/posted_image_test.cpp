#include "runtime/http/posted_image.h"

#include "tests/runtime/http/golden.h"
#include "tests/runtime/http/infer_cases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tideline::http {
namespace {

using testing::HasSubstr;

constexpr std::string_view kPostedForm = "multipart/form-data; boundary=b";

std::string field(std::string_view name, std::string_view content) {
  return fmt::format("--b\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n", name, content);
}

TEST(PostedImage, APredictionIsTheWholeBodyWhateverItIsCalled) {
  for (const char* type :
       {"", "image/jpeg", "IMAGE/gif; q=1", "application/octet-stream", "application/x-www-form-urlencoded"}) {
    EXPECT_FALSE(not_for_prediction(type)) << type;
    const auto image = parse_prediction(type, "a file");
    ASSERT_TRUE(image) << image.error().message;
    EXPECT_EQ(text_of(*image), "a file");
    EXPECT_EQ(image->dtype(), DType::uint8);
    EXPECT_EQ(image->shape(), Shape{6});
  }
  EXPECT_THAT(parse_prediction("", "").error().message, HasSubstr("the body is empty; send an image file"));
}

TEST(PostedImage, APredictionMayBeAPartCalledDataOrBody) {
  for (const char* name : {"data", "body"}) {
    const auto image = parse_prediction(kPostedForm, field("x", "y") + field(name, "a file") + "--b--");
    ASSERT_TRUE(image) << image.error().message;
    EXPECT_EQ(text_of(*image), "a file");
  }
  EXPECT_THAT(parse_prediction(kPostedForm, field("data", "a") + field("body", "b") + "--b--").error().message,
              HasSubstr("the part 'data' (or 'body') twice"));
  EXPECT_THAT(parse_prediction(kPostedForm, field("image", "a") + "--b--").error().message,
              HasSubstr("no part 'data' (or 'body'); send the image file in it"));
  EXPECT_THAT(parse_prediction(kPostedForm, field("data", "") + "--b--").error().message, HasSubstr("is empty"));
}

TEST(PostedImage, OtherTypesAreNoImages) {
  EXPECT_THAT(not_for_prediction("application/json").value_or(""),
              HasSubstr("Content-Type 'application/json' is not supported; send the image file itself"));
  EXPECT_TRUE(not_for_prediction("multipart/mixed; boundary=b"));
  EXPECT_FALSE(not_for_detection("Multipart/Form-Data; boundary=b"));
  EXPECT_THAT(not_for_detection("image/jpeg").value_or(""),
              HasSubstr("send multipart/form-data with the image file in the part 'image'"));
  EXPECT_TRUE(not_for_detection(""));
}

TEST(PostedImage, ReadsTheFormThatFrigateSends) {
  const auto form =
      parse_detection("multipart/form-data; boundary=6d0e1bb2a0dc4e0c8f0b6a3a3e8f0a11", golden("form.bin"));
  ASSERT_TRUE(form) << form.error().message;
  EXPECT_EQ(text_of(form->image), std::string_view("\xff\xd8\xff\0\r\n--6d\r\n\xff\xd9", 14));
  EXPECT_EQ(form->min_confidence, 0.4F);
}

TEST(PostedImage, ADetectionHasOneImage) {
  const auto refusal = [](const std::string& body) { return parse_detection(kPostedForm, body).error().message; };
  EXPECT_THAT(refusal(field("image", "a") + field("image", "b") + "--b--"), HasSubstr("the part 'image' twice"));
  EXPECT_THAT(refusal(field("file", "a") + "--b--"), HasSubstr("no part 'image'"));
  EXPECT_THAT(refusal("--b--"), HasSubstr("no part 'image'"));
  EXPECT_THAT(refusal(field("image", "") + "--b--"), HasSubstr("the part 'image' is empty"));
  EXPECT_THAT(refusal(field("image", "a")), HasSubstr("does not end"));
}

TEST(PostedImage, TheLeastConfidenceIsAFraction) {
  const auto with = [](const std::string& text) {
    return parse_detection(kPostedForm, field("image", "a") + field("min_confidence", text) + "--b--");
  };
  for (const auto& [text, value] : {std::pair("0", 0.F), {"1", 1.F}, {" 0.25 ", 0.25F}, {"5e-1", 0.5F}}) {
    const auto form = with(text);
    ASSERT_TRUE(form) << form.error().message;
    EXPECT_EQ(form->min_confidence, value);
  }
  for (const char* text : {"", "1.01", "-0.1", "nan", "inf", "half", "0.5x", "0,5", "0x1"})
    EXPECT_THAT(with(text).error().message,
                HasSubstr(fmt::format("'min_confidence' is '{}'; send a number from 0 to 1", text)));
  EXPECT_THAT(parse_detection(kPostedForm, field("image", "a") + field("min_confidence", "0.1") +
                                               field("min_confidence", "0.9") + "--b--")
                  .error()
                  .message,
              HasSubstr("'min_confidence' twice"));
}

}  // namespace
}  // namespace tideline::http
