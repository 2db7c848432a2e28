#include "profiler/campaign/stress_axes.h"

#include "profiler/campaign/grid.h"

#include <gmock/gmock.h>

#include <numeric>

namespace tideline::campaign {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAreArray;

std::vector<std::uint32_t> all_but_the_first(std::size_t cells) {
  std::vector<std::uint32_t> all(cells - 1);
  std::iota(all.begin(), all.end(), 1u);
  return all;
}

TEST(StressAxes, MoreStressIsMoreOnEveryAxisAndAnUnshapedLinkIsTheFastest) {
  const AxisValues calm = axis_values({}), fast = axis_values({50_Mbps});
  const AxisValues busy = axis_values({10_Mbps, 0.5, 0.25, 1, 0.75, std::chrono::milliseconds(20)});
  for (std::size_t axis = 0; axis < kAxes; ++axis) {
    EXPECT_LT(calm[axis], busy[axis]) << axis;
    EXPECT_LE(fast[axis], busy[axis]) << axis;
  }
}

TEST(StressAxes, TheCornersOfASquareComeBeforeItsCentreAndThatBeforeItsEdges) {
  const auto cells = *cells_of({{std::nullopt}, {0, 0.5, 1}, {0}, {0, 0.5, 1}, {0}});  // Three rows of three.
  EXPECT_THAT(spread_out(cells, all_but_the_first(9)), ElementsAre(8, 2, 6, 4, 1, 3, 5, 7));
}

TEST(StressAxes, AnAxisCountsByItsLevelsAndNotByItsUnits) {
  const auto cells = *cells_of({{50_Mbps, 49_Mbps, 1_Mbps}, {0}, {0}, {0}, {0}});
  EXPECT_THAT(spread_out(cells, all_but_the_first(3)), ElementsAre(2, 1));
}

TEST(StressAxes, EveryCellHasItsTurn) {
  const auto cells = *cells_of({{50_Mbps},
                                {0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7},
                                {0, 0.2, 0.4, 0.6, 0.8, 1},
                                {0, 0.2, 0.4, 0.6, 0.8, 1},
                                {0, 0.5, 1}});
  ASSERT_GT(cells.size(), kMostSpread);
  const auto among = all_but_the_first(cells.size());
  EXPECT_THAT(spread_out(cells, among), UnorderedElementsAreArray(among));
}

TEST(StressAxes, OnlyTheGivenCellsAreOrdered) {
  const auto cells = *cells_of({{50_Mbps}, {0, 0.5, 1}, {0}, {0}, {0}});
  EXPECT_THAT(spread_out(cells, {1}), ElementsAre(1));
  EXPECT_TRUE(spread_out(cells, {}).empty());
}

}  // namespace
}  // namespace tideline::campaign
