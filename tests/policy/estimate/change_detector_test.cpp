#include "policy/estimate/change_detector.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace tideline::estimate {
namespace {

constexpr ChangeDetector::Design kHalf{.usual = 0.5, .changed = 0.95, .blocks = 5e5};

int events_until_alarm(ChangeDetector detector) {
  int events = 0;
  for (; !detector.alarmed(); ++events) detector.update(true);
  return events;
}

TEST(ChangeDetector, AlarmsAfterAsManyEventsInARowAsItsThresholdIsAPowerOfTheRatio) {
  EXPECT_EQ(events_until_alarm(ChangeDetector(kHalf)), 21) << "1.9^20 = 375900, 1.9^21 = 714209";
  EXPECT_EQ(events_until_alarm(ChangeDetector({.usual = 0.25, .changed = 0.95, .blocks = 69'120})), 9)
      << "3.8^8 = 43477, 3.8^9 = 165217";
}

TEST(ChangeDetector, EvidenceIsTheShareOfTheThresholdsLogarithm) {
  ChangeDetector detector(kHalf);
  EXPECT_EQ(detector.evidence(), 0);
  detector.update(true);
  EXPECT_NEAR(detector.evidence(), std::log(1.9) / std::log(5e5), 1e-12);
  detector.update(false);
  EXPECT_EQ(detector.evidence(), 0);
}

TEST(ChangeDetector, ForgivesEventsThatComeNowAndThen) {
  ChangeDetector detector(kHalf);
  for (int i = 0; i < 100'000; ++i) {
    detector.update(i % 2 == 0);
    ASSERT_FALSE(detector.alarmed());
  }
}

TEST(ChangeDetector, TheAlarmEndsOnceTheEventIsRareAgain) {
  ChangeDetector detector(kHalf);
  for (int i = 0; i < 1000; ++i) detector.update(true);
  int quiet = 0;
  for (; detector.alarmed(); ++quiet) detector.update(false);
  EXPECT_EQ(quiet, 6) << "5e5 / 10^6 < 1, however long the alarm lasted";
}

// The promise of the header, at the edge of what it allows.
TEST(ChangeDetector, FalseAlarmsComeOnAverageAfterAsManyBlocksAsWereAskedFor) {
  std::mt19937_64 random(1);
  for (const double usual : {0.25, 0.5}) {
    std::bernoulli_distribution happens(usual);
    constexpr int kRuns = 500;
    constexpr double kBlocks = 200;
    double sum = 0;
    for (int run = 0; run < kRuns; ++run) {
      ChangeDetector detector({.usual = usual, .changed = 0.95, .blocks = kBlocks});
      for (; !detector.alarmed(); ++sum) detector.update(happens(random));
    }
    EXPECT_GE(sum / kRuns, kBlocks) << usual;
  }
}

}  // namespace
}  // namespace tideline::estimate
