#include "bench/lib/arrivals.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace tideline {
namespace {

using testing::ElementsAre;
using testing::Eq;
using testing::Optional;

TEST(Arrivals, HaveTheNamesOfTheOption) {
  EXPECT_THAT(parse_arrivals("poisson"), Optional(Eq(Arrivals::poisson)));
  EXPECT_THAT(parse_arrivals("periodic"), Optional(Eq(Arrivals::periodic)));
  EXPECT_THAT(parse_arrivals("bursts"), Optional(Eq(Arrivals::bursts)));
  EXPECT_EQ(parse_arrivals("Poisson"), std::nullopt);
}

TEST(Arrivals, ArePeriodicFromZeroUntilBeforeTheEnd) {
  EXPECT_THAT(arrival_times(Arrivals::periodic, 4, 1, 1), ElementsAre(0, 0.25, 0.5, 0.75));
}

TEST(Arrivals, InBurstsAreFiveAtOnceAtTheSameRate) {
  EXPECT_THAT(arrival_times(Arrivals::bursts, 10, 1, 1), ElementsAre(0, 0, 0, 0, 0, 0.5, 0.5, 0.5, 0.5, 0.5));
}

TEST(Arrivals, ByPoissonHaveTheRateAndExponentialGaps) {
  const std::vector<double> times = arrival_times(Arrivals::poisson, 50, 1000, 7);
  // 50,000 expected with a standard deviation of 224; the seed is fixed.
  EXPECT_NEAR(static_cast<double>(times.size()), 50000, 1000);
  EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
  EXPECT_GT(times.front(), 0);
  EXPECT_LT(times.back(), 1000);
  // exp(-2) = 13.5 % of exponential gaps are longer than twice their mean.
  std::size_t longer = 0;
  for (std::size_t i = 1; i < times.size(); ++i) longer += times[i] - times[i - 1] > 2.0 / 50 ? 1 : 0;
  EXPECT_NEAR(static_cast<double>(longer) / static_cast<double>(times.size()), 0.1353, 0.01);
}

TEST(Arrivals, ByPoissonAreTheSameForTheSameSeedOnly) {
  EXPECT_EQ(arrival_times(Arrivals::poisson, 5, 10, 3), arrival_times(Arrivals::poisson, 5, 10, 3));
  EXPECT_NE(arrival_times(Arrivals::poisson, 5, 10, 3), arrival_times(Arrivals::poisson, 5, 10, 4));
}

}  // namespace
}  // namespace tideline
