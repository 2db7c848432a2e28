#include "profiler/campaign/learning_watch.h"

#include "profiler/campaign/sent_by_learning.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace tideline::campaign {
namespace {

using WhyAgain = LearningWatch::Why;

constexpr TimePoint kWatchBegins{std::chrono::hours(1)};

constexpr Duration for_seconds(std::int64_t n) {
  return std::chrono::seconds(n);
}

constexpr Duration for_hours(std::int64_t n) {
  return std::chrono::hours(n);
}

LearningWatch::Seen uplink_of(BitsPerSecond rate, TimePoint read) {
  return {.uplink = rate, .read = read, .more_from = 10_Mbps};
}

TEST(LearningWatch, AnUplinkThatPaysIsMeasuredOnceASecondReadingConfirmsIt) {
  LearningWatch watch;
  EXPECT_EQ(watch.look(uplink_of(20_Mbps, kWatchBegins), kWatchBegins), WhyAgain::nothing);
  EXPECT_EQ(watch.look(uplink_of(20_Mbps, kWatchBegins), kWatchBegins + for_hours(1)), WhyAgain::nothing)
      << "it is still the first reading";
  EXPECT_EQ(watch.look(uplink_of(20_Mbps, kWatchBegins + for_seconds(19)), kWatchBegins + for_seconds(19)),
            WhyAgain::nothing);
  EXPECT_EQ(watch.look(uplink_of(20_Mbps, kWatchBegins + for_seconds(20)), kWatchBegins + for_seconds(20)),
            WhyAgain::uplink);
}

TEST(LearningWatch, AnUplinkThatFallsBackBeginsAgain) {
  LearningWatch watch;
  watch.look(uplink_of(20_Mbps, kWatchBegins), kWatchBegins);
  EXPECT_EQ(watch.look(uplink_of(9_Mbps, kWatchBegins + for_seconds(10)), kWatchBegins + for_seconds(10)),
            WhyAgain::nothing);
  EXPECT_EQ(watch.look(uplink_of(20_Mbps, kWatchBegins + for_seconds(20)), kWatchBegins + for_seconds(20)),
            WhyAgain::nothing);
  EXPECT_EQ(watch.look(uplink_of(20_Mbps, kWatchBegins + for_seconds(40)), kWatchBegins + for_seconds(40)),
            WhyAgain::uplink);
}

TEST(LearningWatch, AnUplinkThatPaysForNothingMoreIsNotMeasured) {
  LearningWatch watch;
  for (const LearningWatch::Seen& seen :
       {uplink_of(10_Mbps, kWatchBegins), LearningWatch::Seen{.uplink = 20_Mbps, .read = kWatchBegins},
        LearningWatch::Seen{}, LearningWatch::Seen{.more_from = 10_Mbps}})
    for (const Duration later : {Duration{}, for_seconds(60)}) {
      LearningWatch::Seen then = seen;
      if (then.read) *then.read += later;
      EXPECT_EQ(watch.look(then, kWatchBegins + later), WhyAgain::nothing);
    }
}

TEST(LearningWatch, AnotherCloudIsMeasuredOnceItLasts) {
  LearningWatch watch;
  EXPECT_EQ(watch.look({.other_cloud = true}, kWatchBegins), WhyAgain::nothing);
  EXPECT_EQ(watch.look({.other_cloud = false}, kWatchBegins + for_seconds(15)), WhyAgain::nothing);
  EXPECT_EQ(watch.look({.other_cloud = true}, kWatchBegins + for_seconds(30)), WhyAgain::nothing);
  EXPECT_EQ(watch.look({.other_cloud = true}, kWatchBegins + for_seconds(50)), WhyAgain::cloud);
}

TEST(LearningWatch, EachMeasurementDoublesThePauseUpToADay) {
  LearningWatch watch;
  std::vector<Duration> pauses;
  TimePoint now = kWatchBegins;
  for (int i = 0; i < 20; ++i) {
    watch.measured(now);
    const TimePoint ended = now;
    while (watch.look({.other_cloud = true}, now) == WhyAgain::nothing) now += for_seconds(1);
    pauses.push_back(now - ended);
    EXPECT_GE(now, watch.not_before());
  }
  EXPECT_EQ(pauses[0], for_seconds(30));
  EXPECT_EQ(pauses[1], for_seconds(60));
  EXPECT_EQ(pauses[2], for_seconds(120));
  EXPECT_EQ(pauses.back(), for_hours(24));
}

TEST(LearningWatch, AFirstMeasurementThatFailsIsTriedAgainWithinTenMinutes) {
  EXPECT_EQ(retry_after({}), for_seconds(15));
  EXPECT_EQ(retry_after(for_seconds(15)), for_seconds(30));
  EXPECT_EQ(retry_after(for_seconds(540)), for_seconds(600));
  EXPECT_EQ(retry_after(for_seconds(600)), for_seconds(600));
}

TEST(SentByLearning, BytesCountForADay) {
  SentByLearning sent;
  EXPECT_EQ(sent.last_day(kWatchBegins), Bytes{0});
  sent.add(1_KiB, kWatchBegins);
  sent.add(2_KiB, kWatchBegins + for_hours(1));
  EXPECT_EQ(sent.last_day(kWatchBegins + for_hours(23)), 3_KiB);
  EXPECT_EQ(sent.last_day(kWatchBegins + for_hours(24)), 2_KiB);
  EXPECT_EQ(sent.last_day(kWatchBegins + for_hours(25)), Bytes{0});
}

TEST(LearningWatch, NewInputsAreAReasonOnceThePauseIsOver) {
  const TimePoint begin{std::chrono::hours(1)};
  LearningWatch watch;
  EXPECT_EQ(watch.look({.new_inputs = true}, begin), LearningWatch::Why::inputs);
  watch.measured(begin);
  EXPECT_EQ(watch.look({.new_inputs = true}, begin + std::chrono::seconds(29)), LearningWatch::Why::nothing);
  EXPECT_EQ(watch.look({.new_inputs = true}, begin + std::chrono::seconds(31)), LearningWatch::Why::inputs);
  EXPECT_EQ(watch.look({}, begin + std::chrono::seconds(31)), LearningWatch::Why::nothing);
}

}  // namespace
}  // namespace tideline::campaign
