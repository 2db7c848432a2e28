#include "profiler/robust.h"

#include <gtest/gtest.h>

#include <vector>

namespace tideline {
namespace {

TEST(Robust, HubersMeanIsTheMeanWhereNothingIsWild) {
  EXPECT_NEAR(huber_mean(std::vector<double>{1, 2, 3, 6}, 10), 3, 1e-9);
}

TEST(Robust, HubersMeanHardlyMovesWithOneWildValue) {
  const double calm = huber_mean(std::vector<double>{9, 10, 11, 10, 10}, 1);
  EXPECT_NEAR(huber_mean(std::vector<double>{9, 10, 11, 10, 1000}, 1), calm, 0.5);
  EXPECT_EQ(huber_mean(std::vector<double>{9, 10, 1000}, 0), 10);
}

TEST(Robust, SpreadIsMedianAndScaledDeviation) {
  const Spread spread = spread_of(std::vector<double>{1, 2, 3, 4, 100});
  EXPECT_EQ(spread.centre, 3);
  EXPECT_DOUBLE_EQ(spread.sd, kMadToSd);
}

TEST(Robust, TheLineIgnoresAPointThatIsOff) {
  const std::vector<double> xs{0, 1, 2, 3, 4, 4}, ys{5, 7, 9, 11, 13, 900};
  const FittedLine line = theil_sen(xs, ys);
  EXPECT_NEAR(line.slope, 2, 1e-9);
  EXPECT_NEAR(line.at(10), 25, 1e-9);
}

}  // namespace
}  // namespace tideline
