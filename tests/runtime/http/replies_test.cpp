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

}  // namespace
}  // namespace tideline::http
