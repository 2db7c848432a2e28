#include "runtime/wire/pacer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace tideline::wire {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kPlenty = std::numeric_limits<std::size_t>::max() / 2;
const TimePoint kFirst = TimePoint{} + std::chrono::hours(1);

Pacer paced(BitsPerSecond rate) {
  Pacer pacer;
  pacer.set_rate(rate, kFirst);
  pacer.wake(kFirst);
  return pacer;
}

// Sends all the time until `end`, as a sender does that wakes when it is told to; returns how many bytes went.
std::size_t send_until(Pacer& pacer, TimePoint from, TimePoint end) {
  std::size_t sent = 0;
  for (TimePoint now = from; now <= end;) {
    const std::size_t bytes = pacer.take(kPlenty, now);
    sent += bytes;
    if (bytes == 0) now = pacer.ready_at(kPlenty, now);
  }
  return sent;
}

TEST(Pacer, WithoutARateEverythingMayGoAtOnce) {
  Pacer pacer;
  EXPECT_EQ(pacer.take(kPlenty, kFirst), kPlenty);
}

TEST(Pacer, OverASecondASecondsWorthGoes) {
  for (const BitsPerSecond rate : {BitsPerSecond{64e3}, 1_Mbps, 50_Mbps, BitsPerSecond{1e9}}) {
    Pacer pacer = paced(rate);
    const double worth = rate.value / 8;
    const double sent = static_cast<double>(send_until(pacer, kFirst, kFirst + std::chrono::seconds(1)));
    EXPECT_NEAR(sent, worth, std::max(1500.0, worth / 500)) << rate.value;
  }
}

TEST(Pacer, AfterARestItBeginsWithOnePieceAndNotWithABurst) {
  Pacer pacer = paced(8_Mbps);
  const TimePoint later = kFirst + std::chrono::seconds(10);
  pacer.wake(later);
  EXPECT_EQ(pacer.take(kPlenty, later), 2000U);
  EXPECT_EQ(pacer.take(kPlenty, later), 0U);
}

TEST(Pacer, ASenderThatWokeLateCatchesUpByTenMillisecondsWorth) {
  Pacer pacer = paced(8_Mbps);
  const TimePoint late = kFirst + milliseconds(100);
  std::size_t sent = 0;
  while (const std::size_t bytes = pacer.take(kPlenty, late)) sent += bytes;
  EXPECT_EQ(sent, 10'000U);
}

TEST(Pacer, AtAVeryLowRateOnePacketGoesAtATime) {
  Pacer pacer = paced(BitsPerSecond{12'000});
  EXPECT_EQ(pacer.take(kPlenty, kFirst), 0U);
  EXPECT_EQ(pacer.take(kPlenty, kFirst + std::chrono::seconds(1)), 1500U);
}

TEST(Pacer, ALittleGoesAsSoonAsItIsEarned) {
  Pacer pacer = paced(8_Mbps);
  EXPECT_EQ(pacer.take(100, kFirst), 0U);
  const TimePoint ready = pacer.ready_at(100, kFirst);
  EXPECT_NEAR(tideline::seconds(ready - kFirst), 100e-6, 1e-6);
  EXPECT_EQ(pacer.take(100, ready + Duration(10)), 100U);
}

TEST(Pacer, ANewRateHoldsFromTheMomentItIsSet) {
  Pacer pacer = paced(8_Mbps);
  EXPECT_NEAR(static_cast<double>(send_until(pacer, kFirst, kFirst + milliseconds(100))), 100'000, 2'000);
  const TimePoint change = kFirst + milliseconds(100);
  pacer.set_rate(80_Mbps, change);
  EXPECT_NEAR(static_cast<double>(send_until(pacer, change, change + milliseconds(100))), 1'000'000, 30'000);
  pacer.set_rate(std::nullopt, change + milliseconds(100));
  EXPECT_EQ(pacer.take(kPlenty, change + milliseconds(100)), kPlenty);
}

TEST(Pacer, WhatIsGivenBackMayGoLater) {
  Pacer pacer = paced(8_Mbps);
  const TimePoint now = kFirst + milliseconds(2);
  EXPECT_EQ(pacer.take(2000, now), 2000U);
  EXPECT_EQ(pacer.take(500, now), 0U);
  pacer.give_back(500);
  EXPECT_EQ(pacer.take(500, now), 500U);
}

}  // namespace
}  // namespace tideline::wire
