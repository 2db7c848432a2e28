#include "policy/estimate/sent_ratios.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace tideline::estimate {
namespace {

using plan::Codec;

constexpr Bytes kTableBytes{100'000};
const plan::Plan kLarge{"m", 0, Codec::jpeg95}, kSmall{"m", 0, Codec::jpeg75}, kFile{"m", 0, Codec::source};

TimePoint after(double s) {
  return TimePoint() + from_seconds(s);
}

// Requests of one plan, ten a second.
class Camera {
 public:
  void send(const plan::Plan& plan, double factor, int requests = 1) {
    for (int i = 0; i < requests; ++i) {
      at_ += 0.1;
      ratios_.update(plan, {static_cast<std::uint64_t>(factor * 100'000)}, kTableBytes, after(at_));
    }
  }
  double ratio(const plan::Plan& plan) const { return ratios_.read(after(at_)).of(plan).mean; }
  double sd(const plan::Plan& plan) const { return ratios_.read(after(at_)).of(plan).sd; }
  double ratio_after(const plan::Plan& plan, double pause) const {
    return ratios_.read(after(at_ + pause)).of(plan).mean;
  }

 private:
  SentRatios ratios_;
  double at_ = 0;
};

TEST(SentRatios, BeforeTheFirstRequestAreThoseOfTheTable) {
  EXPECT_EQ(SentRatios().read(after(1)), predict::WireRatios{});
}

TEST(SentRatios, ANewSceneShowsWithinTenRequests) {
  Camera camera;
  camera.send(kLarge, 0.2, 100);
  EXPECT_NEAR(camera.ratio(kLarge), 0.2, 0.002);
  camera.send(kLarge, 1, 10);
  EXPECT_NEAR(camera.ratio(kLarge), 1, 0.05);
  camera.send(kLarge, 0.2, 10);
  EXPECT_NEAR(camera.ratio(kLarge), 0.2, 0.01);
}

TEST(SentRatios, ANewSceneShowsInAllPlansOfTheFamilyAndInNoOther) {
  Camera camera;
  camera.send(kLarge, 1, 50);
  camera.send(kSmall, 1, 50);
  camera.send(kFile, 1, 50);
  camera.send(kLarge, 3, 10);
  EXPECT_NEAR(camera.ratio(kSmall), 3, 0.5);
  EXPECT_NEAR(camera.ratio({"m", 1, Codec::jpeg75}), 3, 0.5) << "a plan that was never observed";
  EXPECT_NEAR(camera.ratio(kFile), 1, 0.03);
}

TEST(SentRatios, WhatAPlanHasOfItsOwnIsKeptWhileAnotherServes) {
  Camera camera;
  for (int i = 0; i < 200; ++i) camera.send(i % 2 ? kLarge : kSmall, i % 2 ? 1 : 1.2);
  camera.send(kLarge, 1, 20);
  EXPECT_NEAR(camera.ratio(kSmall) / camera.ratio(kLarge), 1.2, 0.03);
}

TEST(SentRatios, OneWholeTensorInAStreamSaysLittle) {
  Camera camera;
  camera.send(kLarge, 0.2, 100);
  camera.send(kLarge, 1);
  EXPECT_LT(camera.ratio(kLarge), 0.3);
  camera.send(kLarge, 0.2, 5);
  EXPECT_NEAR(camera.ratio(kLarge), 0.2, 0.02);
}

TEST(SentRatios, OfRequestsThatScatterAreTheirMeanAndTheirSpread) {
  Camera camera;
  std::mt19937_64 random(1);
  std::normal_distribution<double> noise(0, 0.4);
  double sum = 0;
  for (int i = 0; i < 1000; ++i) {
    camera.send(kFile, std::exp(noise(random)));
    if (i >= 500) sum += camera.ratio(kFile);
  }
  EXPECT_NEAR(sum / 500, std::exp(0.4 * 0.4 / 2), 0.1) << "the mean of such sizes, as the table has it";
  EXPECT_NEAR(camera.sd(kFile), 0.4, 0.15);
}

TEST(SentRatios, ReturnToTheTableWithinMinutesWithoutARequest) {
  Camera camera;
  camera.send(kLarge, 8, 50);
  EXPECT_NEAR(camera.ratio_after(kLarge, 60), std::sqrt(8), 0.1);
  EXPECT_LT(camera.ratio_after(kLarge, 600), 1.02);
}

TEST(SentRatios, IgnoreWhatSaysNothing) {
  SentRatios ratios;
  ratios.update({"m", 0, Codec::u8}, {5}, kTableBytes, after(0));
  ratios.update({"m", 0, Codec::fp16}, {5}, kTableBytes, after(0));
  ratios.update(kFile, {}, kTableBytes, after(0));
  ratios.update(kFile, {5}, {}, after(0));
  EXPECT_EQ(ratios.read(after(1)), predict::WireRatios{});
}

}  // namespace
}  // namespace tideline::estimate
