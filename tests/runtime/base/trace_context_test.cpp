#include "runtime/base/trace_context.h"

#include <gtest/gtest.h>

namespace tideline {
namespace {

const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kRest = "-00f067aa0ba902b7-01";

TEST(TraceContext, TheIdOfTheTraceIsRead) {
  EXPECT_EQ(trace_id_of("00-" + kTrace + kRest), kTrace);
  EXPECT_EQ(traceparent_of("00-" + kTrace + kRest), "00-" + kTrace + kRest);
  EXPECT_EQ(traceparent_of("00-" + kTrace + "-00f067aa0ba902b7-03"), "00-" + kTrace + "-00f067aa0ba902b7-03");
}

TEST(TraceContext, OfALaterVersionTheKnownPartIsPassedOn) {
  EXPECT_EQ(traceparent_of("cc-" + kTrace + kRest), "00-" + kTrace + kRest);
  EXPECT_EQ(traceparent_of("cc-" + kTrace + kRest + "-what-the-future-brings"), "00-" + kTrace + kRest);
  EXPECT_EQ(traceparent_of("cc-" + kTrace + "-00f067aa0ba902b7-fb"), "00-" + kTrace + kRest);
  EXPECT_EQ(traceparent_of("cc-" + kTrace + "-00f067aa0ba902b7-fa"), "00-" + kTrace + "-00f067aa0ba902b7-00");
  EXPECT_FALSE(traceparent_of("cc-" + kTrace + kRest + "0"));
  EXPECT_FALSE(traceparent_of("cc-" + kTrace + kRest + ".what"));
}

TEST(TraceContext, OnlyVersion00IsSentOn) {
  EXPECT_TRUE(is_traceparent("00-" + kTrace + kRest));
  EXPECT_FALSE(is_traceparent("cc-" + kTrace + kRest));
  EXPECT_FALSE(is_traceparent("00-" + kTrace + kRest + "-more"));
  EXPECT_FALSE(is_traceparent(""));
}

TEST(TraceContext, WhatIsInvalidIsIgnored) {
  const std::string good = "00-" + kTrace + kRest;
  for (const std::string& bad :
       {std::string(), std::string("00"), good.substr(1), good.substr(0, 54), good + "0", good + "-more",
        good + ", " + good, "ff-" + kTrace + kRest, "0x-" + kTrace + kRest, "00-" + std::string(32, '0') + kRest,
        "00-" + kTrace + "-0000000000000000-01", "00-4BF92F3577B34DA6A3CE929D0E0E4736" + kRest,
        "00-" + kTrace + "-00f067aa0ba902bZ-01", "00-" + kTrace + "-00f067aa0ba902b7-0x", "00_" + kTrace + kRest,
        "00-" + kTrace + "_00f067aa0ba902b7-01", "00-" + kTrace + "-00f067aa0ba902b7.01"})
    EXPECT_FALSE(traceparent_of(bad)) << bad;
}

TEST(TraceContext, EveryLengthAndEveryByteIsReadWithoutHarm) {
  const std::string good = "00-" + kTrace + kRest;
  for (std::size_t size = 0; size < good.size(); ++size) EXPECT_FALSE(traceparent_of(good.substr(0, size)));
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = '\xff';
    EXPECT_FALSE(traceparent_of(changed)) << i;
  }
}

}  // namespace
}  // namespace tideline
