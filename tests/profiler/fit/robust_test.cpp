#include "profiler/fit/robust.h"

#include <gtest/gtest.h>

#include <vector>

namespace tideline::fit {
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

TEST(Robust, TheWinsorisedMeanForgetsTheOneThatWasWildAndKeepsWhatComesOften) {
  EXPECT_EQ(winsorised_mean(std::vector<double>{1, 2, 60}), 21) << "of three none can be called wild";
  EXPECT_EQ(winsorised(std::vector<double>{5, 1, 2, 4, 900}), (std::vector<double>{2, 2, 4, 5, 5}));
  std::vector<double> delayed(30, 1.0);
  for (int i = 0; i < 9; ++i) delayed[i] = 11;
  EXPECT_NEAR(winsorised_mean(delayed), 4, 1e-9) << "three of ten are delayed, and a server pays for them";
  delayed[0] = 5000;
  EXPECT_NEAR(winsorised_mean(delayed), 4, 1e-9);
}

TEST(Robust, TheLineIgnoresAPointThatIsOff) {
  const std::vector<double> xs{0, 1, 2, 3, 4, 4}, ys{5, 7, 9, 11, 13, 900};
  const FittedLine line = theil_sen(xs, ys);
  EXPECT_NEAR(line.slope, 2, 1e-9);
  EXPECT_NEAR(line.at(10), 25, 1e-9);
}

}  // namespace
}  // namespace tideline::fit
