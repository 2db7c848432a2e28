#include "policy/predict/certainty.h"

#include "tests/policy/measured.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace tideline::predict {
namespace {

using namespace tideline::fixtures;

// Cut 0 is the fastest on fast links, cut 1 on slower ones, edge-only on slow ones.
table::Cell with_intervals(double first, double second, double whole) {
  table::Cell cell = measured(100, ms(2), ms(1));
  const double shares[] = {first, second, whole};
  for (std::size_t i = 0; i < 3; ++i)
    cell.estimates[i].ci95 = from_seconds(shares[i] * seconds(cell.estimates[i].mean.total()));
  return cell;
}

TEST(Certainty, TheWidestIntervalOfThePlansThatCanBeTheBestCounts) {
  EXPECT_NEAR(*widest_interval(*small_table({with_intervals(0.1, 0.2, 0.05)})), 0.2, 1e-6);
  EXPECT_NEAR(*widest_interval(*small_table({with_intervals(0.1, 0.02, 0.05)})), 0.1, 1e-6);
  EXPECT_NEAR(*widest_interval(*small_table({with_intervals(0, 0, 0)})), 0, 1e-6);
}

TEST(Certainty, APlanThatIsNeverTheFastestDoesNotCount) {
  table::Cell cell = with_intervals(0.1, 0.5, 0.05);
  cell.estimates[1].mean.head += std::chrono::seconds(1);
  EXPECT_NEAR(*widest_interval(*small_table({cell})), 0.1, 1e-6);
}

TEST(Certainty, APlanThatWasMeasuredOnceHasNone) {
  table::Cell cell = with_intervals(0.1, 0, 0.05);
  cell.estimates[1].samples = 1;
  EXPECT_EQ(widest_interval(*small_table({cell})), std::nullopt);
}

TEST(Certainty, ACellWithAPlanThatWasMeasuredOnceIsTheMostDoubtful) {
  table::Cell cell = with_intervals(0.1, 0, 0.05);
  cell.estimates[1].samples = 1;
  const auto table = small_table({cell});
  EXPECT_TRUE(std::isinf(certainty_of_plans(*table)[1].interval));
  EXPECT_EQ(certainty_of_plans(*table)[1].may_be, 1u);
  EXPECT_TRUE(std::isinf(doubts_of(*table)[0].loss));
}

TEST(Certainty, WithoutARateNothingIsSaidOfPlansThatSend) {
  table::Cell cell = with_intervals(0.1, 0.2, 0.05);
  cell.seen.uplink.reset();
  EXPECT_EQ(widest_interval(*small_table({cell})), std::nullopt);
}

TEST(Certainty, APlanIsTheBestInACellOrPerhapsIfTheIntervalsLeaveThatOpen) {
  const auto table = small_table({with_intervals(0.1, 0.02, 0.05), with_intervals(0.3, 0.02, 0.05)});
  const auto plans = certainty_of_plans(*table);
  ASSERT_EQ(plans.size(), 3u);
  std::size_t best = 0;
  for (const PlanCertainty& one : plans) {
    EXPECT_GE(one.may_be, one.best);
    best += one.best;
  }
  EXPECT_EQ(best, 2u) << "one for each cell";
  EXPECT_NEAR(plans[0].interval, 0.3, 1e-6);
  EXPECT_NEAR(plans[1].interval, 0.02, 1e-6);
  EXPECT_EQ(plans[2].plan->plan.cut, 2u);
}

// Two plans that take 100 ms, each known within 9.8 ms: a difference with a standard error of sqrt(2) x 5 ms. Half of
// the time the other is better, by sqrt(2 / pi) standard errors.
TEST(Certainty, TheDoubtOfEqualPlansIsWhatTheirErrorsHide) {
  table::Cell cell = with_intervals(0, 0, 0);
  for (table::Estimate& e : cell.estimates) {
    e.mean = {ms(100), ms(0), ms(0), ms(0), ms(0)};
    e.ci95 = std::chrono::microseconds(9800);
  }
  cell.estimates[2].mean.head = ms(500);
  const auto doubts = doubts_of(*small_table({cell}));
  ASSERT_EQ(doubts.size(), 1u);
  EXPECT_NEAR(doubts[0].loss, 0.05 * std::sqrt(2.0) / std::sqrt(2 * std::numbers::pi), 1e-4);
}

TEST(Certainty, TheMostDoubtfulCellComesFirstAndACertainOneHasNoDoubt) {
  const auto table =
      small_table({with_intervals(0, 0, 0), with_intervals(0.4, 0.4, 0.4), with_intervals(0.1, 0.1, 0.1)});
  const auto doubts = doubts_of(*table);
  EXPECT_EQ(doubts[0].cell, &table->cells()[1]);
  EXPECT_EQ(doubts[1].cell, &table->cells()[2]);
  EXPECT_EQ(doubts[2].loss, 0);
}

}  // namespace
}  // namespace tideline::predict
