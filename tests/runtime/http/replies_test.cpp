#include "runtime/http/replies.h"

#include <gmock/gmock.h>

namespace tideline::http {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::Pair;

TEST(Replies, WhoIsSentAwayIsToldForHowManySecondsRoundedUp) {
  const Error busy = error(ErrorKind::overloaded, "the cloud is busy");
  EXPECT_THAT(error_reply(busy.after(milliseconds(2300))).headers, Contains(Pair("Retry-After", "3")));
  EXPECT_THAT(error_reply(busy.after(milliseconds(20))).headers, Contains(Pair("Retry-After", "1")));
  EXPECT_THAT(error_reply(busy).headers, Contains(Pair("Retry-After", "1")));
  EXPECT_EQ(error_reply(busy).status, 503);
}

TEST(Replies, WhatNobodyShouldRepeatSaysNoTime) {
  EXPECT_TRUE(error_reply(error(ErrorKind::invalid, "no").after(milliseconds(2300))).headers.empty());
}

TEST(Replies, EveryProtocolHasItsFormOfAnError) {
  EXPECT_EQ(error_reply(404, "no \"m\"").body, R"({"error":"no \"m\""})");
  const auto torchserve = [](int status) { return error_reply(status, "why", ErrorForm::torchserve).body; };
  EXPECT_EQ(torchserve(400), R"({"code":400,"message":"why","type":"BadRequestException"})");
  EXPECT_EQ(torchserve(404), R"({"code":404,"message":"why","type":"ResourceNotFoundException"})");
  EXPECT_EQ(torchserve(405), R"({"code":405,"message":"why","type":"MethodNotAllowedException"})");
  EXPECT_EQ(torchserve(415), R"({"code":415,"message":"why","type":"BadRequestException"})");
  EXPECT_EQ(torchserve(500), R"({"code":500,"message":"why","type":"InternalServerException"})");
  EXPECT_EQ(torchserve(503), R"({"code":503,"message":"why","type":"ServiceUnavailableException"})");
  const HttpResponse busy =
      error_reply(error(ErrorKind::overloaded, "busy").after(milliseconds(2300)), ErrorForm::deepstack);
  EXPECT_EQ(busy.status, 503);
  EXPECT_EQ(busy.body, R"({"code":503,"error":"busy","success":false})");
  EXPECT_THAT(busy.headers, Contains(Pair("Retry-After", "3")));
}

}  // namespace
}  // namespace tideline::http
