#include "runtime/monitor/sent_bytes.h"

#include <gtest/gtest.h>

namespace tideline::monitor {
namespace {

TimePoint at(double hours) {
  return TimePoint() + from_seconds(3600 * hours);
}

TEST(SentBytes, ADayIsTheLast24HoursAndUpToOneMore) {
  SentBytes sent;
  EXPECT_EQ(sent.last_day(at(0)), Bytes{0});
  sent.add(Bytes{5}, at(0.1));
  sent.add(Bytes{7}, at(0.9));
  sent.add(Bytes{100}, at(20));
  EXPECT_EQ(sent.last_day(at(24.9)), Bytes{112});
  EXPECT_EQ(sent.last_day(at(25)), Bytes{100});
  EXPECT_EQ(sent.last_day(at(45)), Bytes{0});
  sent.add(Bytes{1}, at(60));
  EXPECT_EQ(sent.last_day(at(60)), Bytes{1});
}

TEST(SentBytes, AClockThatStandsStillOrGoesBackForgetsNothing) {
  SentBytes sent;
  sent.add(Bytes{5}, at(10));
  sent.add(Bytes{6}, at(2));
  EXPECT_EQ(sent.last_day(at(10)), Bytes{11});
}

}  // namespace
}  // namespace tideline::monitor
