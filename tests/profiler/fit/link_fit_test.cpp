#include "profiler/fit/link_fit.h"

#include "tests/profiler/noise.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

namespace tideline::fit {
namespace {

using namespace tideline::fixtures;

constexpr double kLatency = 0.3e-3, kBurst = 10e3, kPerByte = 8 / 25e6;

// A shaper of 25 Mbit/s that lets 10 kB pass at once.
double shaped(double bytes) {
  return kLatency + std::max(0.0, bytes - kBurst) * kPerByte;
}

// Each size `repetitions` times, with relative noise.
template <typename Time>
std::vector<Transfer> sent(const std::vector<double>& sizes, int repetitions, double noise, Time time) {
  Random random(3);
  std::vector<Transfer> all;
  for (std::uint32_t i = 0; i < sizes.size(); ++i)
    for (int r = 0; r < repetitions; ++r)
      all.push_back({i, sizes[i], time(sizes[i]) * std::exp(noise * gaussian(random))});
  return all;
}

TEST(LinkFit, ABurstThatPassesAtOnceDoesNotFlattenTheLine) {
  const auto fit = fit_link(sent({20, 76, 512, 4740, 46700, 98000}, 5, 0.02, shaped));
  ASSERT_TRUE(fit);
  for (const double bytes : {20.0, 300.0, 5e3, 30e3, 98e3, 300e3})
    EXPECT_NEAR(fit->predict(bytes) / shaped(bytes), 1, 0.06) << bytes;
}

TEST(LinkFit, SizesBeyondTheLargestFollowTheLine) {
  const auto fit = fit_link(sent({20, 512, 20e3, 100e3}, 3, 0, shaped));
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->predict(1e6) / shaped(1e6), 1, 0.01);
}

TEST(LinkFit, ACodedImageCountsWithItsOwnBytes) {
  std::vector<Transfer> transfers = sent({20, 512, 40e3}, 3, 0, shaped);
  for (const double bytes : {40e3, 60e3, 90e3, 130e3, 200e3}) transfers.push_back({3, bytes, shaped(bytes)});
  const auto fit = fit_link(transfers);
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->predict(104e3) / shaped(104e3), 1, 0.01);
}

TEST(LinkFit, WithoutABurstItIsALine) {
  const auto line = [](double bytes) { return 0.02 + bytes * kPerByte; };
  const auto fit = fit_link(sent({20, 4e3, 20e3, 100e3}, 3, 0, line));
  ASSERT_TRUE(fit);
  for (const double bytes : {20.0, 1e4, 1e5, 1e6}) EXPECT_NEAR(fit->predict(bytes) / line(bytes), 1, 0.02) << bytes;
}

TEST(LinkFit, ASizeThatCertainlyDeviatesKeepsItsTime) {
  const auto window = [](double bytes) { return shaped(bytes) * (bytes == 40e3 ? 1.5 : 1); };
  const auto fit = fit_link(sent({20, 512, 20e3, 40e3, 80e3, 160e3, 320e3}, 20, 0.01, window));
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->predict(40e3) / window(40e3), 1, 0.05);
  EXPECT_NEAR(fit->predict(320e3) / window(320e3), 1, 0.05);
}

TEST(LinkFit, OneSizeGivesAConstant) {
  const auto fit = fit_link(sent({5000}, 3, 0, shaped));
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->predict(10), shaped(5000), 1e-9);
  EXPECT_NEAR(fit->predict(1e6), shaped(5000), 1e-9);
}

TEST(LinkFit, TwoSizesGiveTheLineThroughThem) {
  const auto fit = fit_link(sent({100, 100e3}, 3, 0, shaped));
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->predict(100), shaped(100), 1e-6);
  EXPECT_NEAR(fit->predict(100e3), shaped(100e3), 1e-6);
}

TEST(LinkFit, WithoutTransfersThereIsNone) {
  EXPECT_FALSE(fit_link({}));
}

}  // namespace
}  // namespace tideline::fit
