#include "policy/predict/certainty.h"

#include "tests/policy/measured.h"

#include <gtest/gtest.h>

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

TEST(Certainty, WithoutARateNothingIsSaidOfPlansThatSend) {
  table::Cell cell = with_intervals(0.1, 0.2, 0.05);
  cell.seen.uplink.reset();
  EXPECT_EQ(widest_interval(*small_table({cell})), std::nullopt);
}

}  // namespace
}  // namespace tideline::predict
