#include "runtime/link/exchange_times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tideline::link {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

const ExchangeTimes kSeen{{1000}, milliseconds(100)};

TEST(ExchangeTimes, WhatTookPartOfTheExchangeIsBelieved) {
  EXPECT_TRUE(check_stamps({}, kSeen));
  EXPECT_TRUE(check_stamps({.counted = {500}, .receiving = milliseconds(40), .residence = milliseconds(50)}, kSeen));
}

TEST(ExchangeTimes, ClocksMayDifferByAHundredth) {
  EXPECT_TRUE(check_stamps({.residence = milliseconds(101)}, kSeen));
  EXPECT_FALSE(check_stamps({.residence = milliseconds(103)}, kSeen));
}

TEST(ExchangeTimes, WhatTookLongerThereThanTheWholeDidHereIsNot) {
  const auto told = check_stamps({.receiving = milliseconds(60), .residence = milliseconds(60)}, kSeen);
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().kind, ErrorKind::corrupt);
  EXPECT_THAT(told.error().message, HasSubstr("120 ms of an exchange of 100 ms"));
}

TEST(ExchangeTimes, MoreBytesThanWereSentAreNotBelieved) {
  const auto told = check_stamps({.counted = {1001}}, kSeen);
  ASSERT_FALSE(told);
  EXPECT_THAT(told.error().message, HasSubstr("counted 1001 B of a request of 1000 B"));
}

}  // namespace
}  // namespace tideline::link
