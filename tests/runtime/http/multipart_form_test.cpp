#include "runtime/http/multipart_form.h"

#include "tests/runtime/http/golden.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tideline::http {
namespace {

using testing::HasSubstr;

constexpr std::string_view kType = "multipart/form-data; boundary=b";

std::string part(std::string_view name, std::string_view content, std::string_view more = "") {
  return fmt::format("--b\r\nContent-Disposition: form-data; name=\"{}\"\r\n{}\r\n{}\r\n", name, more, content);
}

std::string refusal(std::string_view body, std::string_view type = kType) {
  const auto parts = parse_multipart_form(type, body);
  if (parts) return "taken";
  EXPECT_EQ(parts.error().kind, ErrorKind::invalid);
  EXPECT_LT(parts.error().message.size(), 400u);
  return parts.error().message;
}

TEST(MultipartForm, ReadsTheGoldenFormOfPythonsRequests) {
  const std::string body = golden("form.bin");
  const auto parts = parse_multipart_form("multipart/form-data; boundary=6d0e1bb2a0dc4e0c8f0b6a3a3e8f0a11", body);
  ASSERT_TRUE(parts) << parts.error().message;
  ASSERT_EQ(parts->size(), 2u);
  EXPECT_EQ((*parts)[0].name, "api_key");
  EXPECT_EQ((*parts)[0].content, "");
  EXPECT_EQ((*parts)[1].name, "image");
  EXPECT_EQ((*parts)[1].content, std::string_view("\xff\xd8\xff\0\r\n--6d\r\n\xff\xd9", 14));
}

TEST(MultipartForm, PartsAreViewsIntoTheBody) {
  const std::string body = part("image", "12345") + "--b--";
  const auto parts = parse_multipart_form(kType, body);
  ASSERT_TRUE(parts) << parts.error().message;
  EXPECT_EQ(parts->front().content.data(), body.data() + body.find("12345"));
}

TEST(MultipartForm, HeadersAreReadInAnyCaseAndUnknownOnesIgnored) {
  const std::string body =
      "--a b'()+_,-./:=?\r\ncontent-disposition:FORM-data; filename=\"C:\\x\\\"y.jpg\"; NAME=image\r\n"
      "X-Other: \xc3\xa4\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: Binary\r\n\r\nxyz\r\n"
      "--a b'()+_,-./:=?--\r\n";
  const auto parts = parse_multipart_form("Multipart/Form-Data; charset=utf-8; Boundary=\"a b'()+_,-./:=?\"", body);
  ASSERT_TRUE(parts) << parts.error().message;
  ASSERT_EQ(parts->size(), 1u);
  EXPECT_EQ(parts->front().name, "image");
  EXPECT_EQ(parts->front().content, "xyz");
}

TEST(MultipartForm, MayBeEmpty) {
  const auto parts = parse_multipart_form(kType, "--b--\r\n");
  ASSERT_TRUE(parts) << parts.error().message;
  EXPECT_TRUE(parts->empty());
}

TEST(MultipartForm, ContentMayLookAlmostLikeABoundary) {
  for (const char* content : {"", "\r\n", "\r", "x--b--", "\r\n-b", "\n--b\n", "\r\n\r\n"}) {
    const std::string body = part("image", content) + "--b--";
    const auto parts = parse_multipart_form(kType, body);
    ASSERT_TRUE(parts) << parts.error().message;
    EXPECT_EQ(parts->front().content, content);
  }
}

TEST(MultipartForm, TheContentTypeMustNameAUsableBoundary) {
  const std::string body = part("image", "x") + "--b--";
  EXPECT_THAT(refusal(body, ""), HasSubstr("Content-Type is ''; send multipart/form-data"));
  EXPECT_THAT(refusal(body, "image/jpeg; boundary=b"), HasSubstr("send multipart/form-data"));
  EXPECT_THAT(refusal(body, "multipart/mixed; boundary=b"), HasSubstr("send multipart/form-data"));
  EXPECT_THAT(refusal(body, "multipart/form-data"), HasSubstr("has no boundary"));
  EXPECT_THAT(refusal(body, "multipart/form-data; boundary"), HasSubstr("Content-Type: the parameter"));
  EXPECT_THAT(refusal(body, "multipart/form-data; boundary=b; boundary=c"), HasSubstr("twice"));
  EXPECT_THAT(refusal(body, "multipart/form-data; boundary=\"\""), HasSubstr("boundary '' is not one"));
  EXPECT_THAT(refusal(body, "multipart/form-data; boundary=\"b \""), HasSubstr("boundary 'b ' is not one"));
  EXPECT_THAT(refusal(body, "multipart/form-data; boundary=\"b\\\"\""), HasSubstr("is not one"));
  const std::string longest(70, 'b');
  const std::string form = "--" + longest + "--";
  EXPECT_EQ(refusal(form, "multipart/form-data; boundary=" + longest), "taken");
  EXPECT_THAT(refusal("--b" + longest + "--", "multipart/form-data; boundary=b" + longest), HasSubstr("1 to 70"));
}

TEST(MultipartForm, ABodyThatEndsEarlyOrGoesOnIsRefused) {
  EXPECT_THAT(refusal(""), HasSubstr("does not begin with the boundary '--b'"));
  EXPECT_THAT(refusal("preamble\r\n--b--"), HasSubstr("does not begin with the boundary"));
  EXPECT_THAT(refusal("--b"), HasSubstr("begins with the boundary, but does not end with it"));
  EXPECT_THAT(refusal("--b-"), HasSubstr("does not end with it"));
  EXPECT_THAT(refusal("--b\n"), HasSubstr("does not end with it"));
  EXPECT_THAT(refusal("--b  \r\n"), HasSubstr("does not end with it"));
  EXPECT_THAT(refusal("--b\r\n"), HasSubstr("part 1 of the form: the body ends within its headers"));
  EXPECT_THAT(refusal("--b\r\nContent-Disposition: form-data; name=\"image\"\r\n"), HasSubstr("within its headers"));
  EXPECT_THAT(refusal(part("image", "x")), HasSubstr("'image' does not end"));
  EXPECT_THAT(refusal(part("image", "x") + "--b"), HasSubstr("does not end with it"));
  EXPECT_THAT(refusal(part("image", "x") + "--c--"), HasSubstr("'image' does not end"));
  EXPECT_THAT(refusal(part("image", "a\r\n--boat") + "--b--"), HasSubstr("does not end with it"));
  EXPECT_THAT(refusal(part("image", "--b") + "--b--"), HasSubstr("'image' does not end"));
  EXPECT_THAT(refusal(part("image", "x") + "--b--\r\nmore"), HasSubstr("6 bytes follow the final boundary"));
}

TEST(MultipartForm, APartMustSayItsNameOnceAndPlainly) {
  const auto with = [](std::string_view head) { return refusal(fmt::format("--b\r\n{}\r\n\r\nx\r\n--b--", head)); };
  EXPECT_THAT(with("Content-Type: image/jpeg"), HasSubstr("has no Content-Disposition"));
  EXPECT_THAT(with("Content-Disposition: form-data"), HasSubstr("write it as form-data; name=\"FIELD\""));
  EXPECT_THAT(with("Content-Disposition: form-data; name=\"\""), HasSubstr("write it as"));
  EXPECT_THAT(with("Content-Disposition: form-data; name*=utf-8''x"), HasSubstr("write it as"));
  EXPECT_THAT(with("Content-Disposition: form-data; name=\"im\\age\""), HasSubstr("write it as"));
  EXPECT_THAT(with("Content-Disposition: attachment; name=\"image\""), HasSubstr("write it as"));
  EXPECT_THAT(with("Content-Disposition: form-data; name=\"a\"; name=\"b\""), HasSubstr("twice"));
  EXPECT_THAT(with("Content-Disposition: form-data; name=a\r\ncontent-disposition: form-data; name=b"),
              HasSubstr("'content-disposition' is there twice"));
  EXPECT_THAT(with("no colon"), HasSubstr("'no colon' is not a header"));
  EXPECT_THAT(with("Content-Disposition : form-data; name=a"), HasSubstr("is not a header"));
  EXPECT_THAT(with("Content-Disposition: form-data; name=a\r\n folded: b"), HasSubstr("is not a header"));
  EXPECT_THAT(with("Content-Disposition: form-data; name=a\r\n--b: c"), HasSubstr("is not a header"));
  EXPECT_THAT(with(std::string_view("Content-Disposition: form-data; name=\"a\0\"", 41)), HasSubstr("is not a header"));
  EXPECT_THAT(with("Content-Disposition: form-data; name=a\nX: y"), HasSubstr("is not a header"));
}

TEST(MultipartForm, PartsThatAreEncodedOrMultipartThemselvesAreRefused) {
  EXPECT_THAT(refusal(part("image", "x", "Content-Type: Multipart/Mixed; boundary=c\r\n") + "--b--"),
              HasSubstr("'image': is 'Multipart/Mixed; boundary=c' itself; send each file as a part of its own"));
  EXPECT_THAT(refusal(part("image", "eA==", "Content-Transfer-Encoding: base64\r\n") + "--b--"),
              HasSubstr("'image': has the Content-Transfer-Encoding 'base64'"));
}

TEST(MultipartForm, PartsAndHeadersAreBounded) {
  std::string body;
  for (std::size_t i = 0; i < kMostParts; ++i) body += part("x", "y");
  EXPECT_EQ(refusal(body + "--b--"), "taken");
  EXPECT_THAT(refusal(body + part("x", "y") + "--b--"), HasSubstr("more than 16 parts"));

  const auto padded = [](std::size_t size) { return "X: " + std::string(size, 'x') + "\r\n"; };
  EXPECT_EQ(refusal(part("x", "y", padded(8000)) + "--b--"), "taken");
  EXPECT_THAT(refusal(part("x", "y", padded(8200)) + "--b--"), HasSubstr("over the limit of 8192 bytes"));
  EXPECT_THAT(refusal("--b\r\n" + std::string(100'000, 'x')), HasSubstr("over the limit of 8192 bytes"));
}

}  // namespace
}  // namespace tideline::http
