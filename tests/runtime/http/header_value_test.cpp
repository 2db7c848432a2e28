#include "runtime/http/header_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tideline::http {
namespace {

using testing::HasSubstr;

TEST(HeaderValue, HasAValueAndParametersPlainOrQuoted) {
  const auto parsed = parse_header_value(R"(form-data; name="a; b"; File=x.jpg ;size=3)");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->value, "form-data");
  EXPECT_EQ(parsed->find("NAME"), "a; b");
  EXPECT_EQ(parsed->find("file"), "x.jpg");
  EXPECT_EQ(parsed->find("size"), "3");
  EXPECT_FALSE(parsed->find("sizes"));
}

TEST(HeaderValue, MayHaveNoParameterAndEndInASemicolon) {
  EXPECT_EQ(parse_header_value("image/png")->value, "image/png");
  EXPECT_EQ(parse_header_value("image/png; ")->value, "image/png");
  EXPECT_EQ(parse_header_value("")->value, "");
}

TEST(HeaderValue, AQuoteWithinQuotesDoesNotEndThem) {
  const auto parsed = parse_header_value(R"(form-data; filename="C:\a\"b;c.jpg"; name="image")");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->find("filename"), R"(C:\a\"b;c.jpg)");
  EXPECT_EQ(parsed->find("name"), "image");
}

TEST(HeaderValue, WhatCanBeReadInTwoWaysIsRefused) {
  const std::pair<const char*, const char*> cases[] = {
      {"a; name", "'name' has no value"},  {"a; =x", "'' has no value"},       {"a; name =x", "'name ' has no value"},
      {"a; name=", "needs quotes"},        {"a; name=x y", "needs quotes"},    {"a; name=\"x", "does not end"},
      {"a; name=\"x\\\"", "does not end"}, {"a; name=\"x\"y", "does not end"}, {"a; name=x; NAME=y", "is there twice"},
      {"a;; name=x", "'' has no value"},
  };
  for (const auto& [text, sentence] : cases) {
    const auto parsed = parse_header_value(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error().message, HasSubstr(sentence)) << text;
  }
}

TEST(HeaderValue, AMediaTypeIsInLowerCaseAndWithoutParameters) {
  EXPECT_EQ(media_type("Image/JPEG ; q=1"), "image/jpeg");
  EXPECT_EQ(media_type(""), "");
}

}  // namespace
}  // namespace tideline::http
