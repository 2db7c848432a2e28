#include "profiler/fit/mean_fit.h"

#include "tests/profiler/noise.h"

#include <gmock/gmock.h>

#include <cmath>

namespace tideline::fit {
namespace {

using namespace tideline::fixtures;

constexpr double kWait = 8;

// Runs of 3, 6 and 12 ms: under condition 0 they take that, under condition 1 the scheduler lets them wait 8 ms, once
// per 8 ms on average. So they take twice as long in the mean; a run of 3 ms takes 3 or 11 ms.
std::vector<Reading> waits(int repetitions, Random& random) {
  std::vector<Reading> all;
  for (std::uint32_t item = 0; item < 3; ++item)
    for (std::uint32_t condition = 0; condition < 2; ++condition)
      for (int r = 0; r < repetitions; ++r) {
        double time = 3.0 * (1 << item);
        if (condition == 1)
          for (int slice = 0; slice < 3 * (1 << item); ++slice) time += one_in(8, random) ? kWait : 0;
        all.push_back({item, condition, time});
      }
  return all;
}

// Each item and condition once, as item x condition.
std::vector<Reading> products() {
  std::vector<Reading> all;
  for (std::uint32_t item = 0; item < 3; ++item)
    for (std::uint32_t condition = 0; condition < 4; ++condition)
      all.push_back({item, condition, (item + 1.0) * (condition + 1)});
  return all;
}

TEST(MeanFit, WithoutNoiseMissingPairsArePredictedExactly) {
  std::vector<Reading> readings = products();
  std::erase_if(readings, [](const Reading& r) { return r.item == 2 && r.condition > 1; });
  const MeanFit fit = MeanFit::fit(readings, 3, 4);
  for (std::uint32_t item = 0; item < 3; ++item)
    for (std::uint32_t condition = 0; condition < 4; ++condition) {
      EXPECT_NEAR(fit.predict(item, condition), (item + 1.0) * (condition + 1), 1e-6);
      EXPECT_NEAR(fit.standard_error(item, condition), 0, 1e-6);
    }
  EXPECT_NEAR(fit.slowdown(3), 4, 1e-6);
}

TEST(MeanFit, WaitsForTheSchedulerAreInTheMean) {
  Random random(4);
  double slowdown = 0;
  for (int world = 0; world < 50; ++world) slowdown += MeanFit::fit(waits(4, random), 3, 2).slowdown(1) / 50;
  EXPECT_NEAR(slowdown, 2, 0.1);
}

TEST(MeanFit, FewScatteredReadingsOfAPairBorrowFromTheOthers) {
  Random random(5);
  double fitted = 0, alone = 0;
  for (int world = 0; world < 50; ++world) {
    const std::vector<Reading> readings = waits(4, random);
    double own = 0;
    for (const Reading& r : readings) own += r.item == 0 && r.condition == 1 ? r.value / 4 : 0;
    alone += std::abs(own - 6) / 50;
    fitted += std::abs(MeanFit::fit(readings, 3, 2).predict(0, 1) - 6) / 50;
  }
  EXPECT_LT(fitted, 0.8 * alone);
}

TEST(MeanFit, ADeviationThatIsCertainIsKept) {
  Random random(6);
  std::vector<Reading> readings;
  for (int r = 0; r < 20; ++r)
    for (const Reading& one : products()) {
      const double more = one.item == 2 && one.condition == 3 ? 1.5 : 1;
      readings.push_back({one.item, one.condition, one.value * more * std::exp(0.02 * gaussian(random))});
    }
  const MeanFit fit = MeanFit::fit(readings, 3, 4);
  EXPECT_NEAR(fit.predict(2, 3), 18, 0.3);
  EXPECT_NEAR(fit.predict(0, 3), 4, 0.1);
  EXPECT_LT(fit.standard_error(2, 3), 0.02);
}

TEST(MeanFit, SingleOutliersCountLittle) {
  std::vector<Reading> readings;
  for (int r = 0; r < 6; ++r)
    for (Reading one : products()) {
      if (r == 0 && one.item == 1) one.value *= 50;
      readings.push_back(one);
    }
  const MeanFit fit = MeanFit::fit(readings, 3, 4);
  EXPECT_NEAR(fit.predict(1, 2), 6, 1e-6);
}

TEST(MeanFit, AStallAmongFewReadingsDoesNotChangeItsConditionMuch) {
  std::vector<Reading> readings;
  for (int r = 0; r < 3; ++r)
    for (const Reading& one : products()) readings.push_back(one);
  readings.front().value *= 1000;
  readings.back().value *= 1000;
  const MeanFit fit = MeanFit::fit(readings, 3, 4);
  EXPECT_NEAR(fit.slowdown(1), 2, 0.5) << "without its baseline's wild reading it is 2";
  EXPECT_NEAR(fit.slowdown(3), 4, 4) << "one of nine readings, of the longest item, counts as five";
}

TEST(MeanFit, APairThatIsAlwaysWildIsNotTamed) {
  std::vector<Reading> readings;
  for (int r = 0; r < 3; ++r)
    for (Reading one : products()) {
      if (one.item == 2 && one.condition == 3) one.value *= 20;  // The machine pages.
      readings.push_back(one);
    }
  EXPECT_NEAR(MeanFit::fit(readings, 3, 4).predict(2, 3), 240, 1);
}

TEST(MeanFit, TheErrorSaysHowFarPredictionsAre) {
  Random random(7);
  double squares = 0, told = 0;
  for (int world = 0; world < 200; ++world) {
    std::vector<Reading> readings;
    for (int r = 0; r < 4; ++r)
      for (const Reading& one : products())
        readings.push_back({one.item, one.condition, one.value * std::exp(0.1 * gaussian(random))});
    const MeanFit fit = MeanFit::fit(readings, 3, 4);
    squares += std::pow(fit.predict(1, 2) / (6 * std::exp(0.005)) - 1, 2) / 200;
    told += std::pow(fit.standard_error(1, 2), 2) / 200;
  }
  EXPECT_NEAR(std::sqrt(told / squares), 1, 0.35);
}

}  // namespace
}  // namespace tideline::fit
