#include "profiler/campaign/grid.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>

namespace tideline::campaign {
namespace {

using ::testing::HasSubstr;

std::vector<plan::Stress> cells(const Grid& grid) {
  auto cells = cells_of(grid);
  if (!cells) ADD_FAILURE() << cells.error().message;
  return *cells;
}

TEST(Grid, QuickHasThreeBandwidthsWithTheEdgeIdleAndLoaded) {
  const auto quick = named_grid("quick");
  ASSERT_TRUE(quick);
  EXPECT_EQ(cells(*quick),
            (std::vector<plan::Stress>{{50_Mbps}, {10_Mbps}, {2_Mbps}, {50_Mbps, 1}, {10_Mbps, 1}, {2_Mbps, 1}}));
}

TEST(Grid, SeedHasAllCombinationsOfFiveAxesOnce) {
  const auto seed = named_grid("seed");
  ASSERT_TRUE(seed);
  const auto all = cells(*seed);
  EXPECT_EQ(all.size(), 243u);
  for (std::size_t i = 0; i < all.size(); ++i)
    EXPECT_EQ(std::find(all.begin() + static_cast<std::ptrdiff_t>(i) + 1, all.end(), all[i]), all.end());
  EXPECT_EQ(all.front(), (plan::Stress{50_Mbps}));
  EXPECT_EQ(all.back(), (plan::Stress{10_Mbps, 1, 1, 1, 1}));
}

TEST(Grid, MemoryChangesLeastOften) {
  const auto all = cells(*named_grid("seed"));
  const auto changes = [&all](double plan::Stress::* axis) {
    int n = 0;
    for (std::size_t i = 1; i < all.size(); ++i) n += all[i].*axis != all[i - 1].*axis;
    return n;
  };
  EXPECT_EQ(changes(&plan::Stress::edge_memory), 2);
  EXPECT_EQ(changes(&plan::Stress::cloud_memory), 8);
  EXPECT_EQ(changes(&plan::Stress::cloud_cpu), 26);
  EXPECT_EQ(changes(&plan::Stress::edge_cpu), 80);
}

TEST(Grid, TheFirstCellIsTheLeastStressedWhateverTheOrderOfTheAxes) {
  const Grid grid{{1_Mbps, std::nullopt, 9_Mbps, 1_Mbps}, {1, 0, 0.5}, {0}, {0.5, 0}, {0}};
  const auto all = cells(grid);
  EXPECT_EQ(all.size(), 18u);  // A value that is named twice is one value.
  EXPECT_EQ(all.front(), plan::Stress{});
  EXPECT_EQ(all[1].uplink, 9_Mbps);
  EXPECT_EQ(all[2].uplink, 1_Mbps);
  EXPECT_EQ(cells(Grid{}), std::vector<plan::Stress>{plan::Stress{}});
}

TEST(Grid, DelaysRiseAndNoneComesFirst) {
  Grid grid;
  grid.rtt = {std::chrono::milliseconds(50), std::nullopt, std::chrono::milliseconds(10)};
  const auto all = cells(grid);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_FALSE(all[0].delay);
  EXPECT_EQ(all[1].delay, std::chrono::milliseconds(10));
  EXPECT_EQ(all[2].delay, std::chrono::milliseconds(50));
}

TEST(Grid, AnUnknownNameIsInvalid) {
  const auto grid = named_grid("huge");
  ASSERT_FALSE(grid);
  EXPECT_EQ(grid.error().kind, ErrorKind::invalid);
  EXPECT_THAT(grid.error().message, HasSubstr("\"huge\" is not a grid; write quick or seed"));
}

TEST(Grid, EmptyAxesBadSharesAndBadRatesAreNamed) {
  const auto refusal = [](const Grid& grid) {
    const auto cells = cells_of(grid);
    return cells ? "accepted" : cells.error().message;
  };
  Grid grid;
  grid.uplink.clear();
  EXPECT_THAT(refusal(grid), HasSubstr("uplink: the axis is empty"));
  std::vector<double> Grid::* axes[] = {&Grid::edge_cpu, &Grid::edge_memory, &Grid::cloud_cpu, &Grid::cloud_memory};
  const char* names[] = {"edge_cpu", "edge_memory", "cloud_cpu", "cloud_memory"};
  for (int i = 0; i < 4; ++i) {
    grid = {};
    (grid.*axes[i]).clear();
    EXPECT_THAT(refusal(grid), HasSubstr(std::string(names[i]) + ": the axis is empty"));
    for (const double bad : {-0.01, 1.01, std::numeric_limits<double>::quiet_NaN()}) {
      grid.*axes[i] = {0, bad};
      EXPECT_THAT(refusal(grid), HasSubstr(std::string(names[i]) + ": "));
    }
  }
  for (const double bad :
       {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    grid = {};
    grid.uplink = {BitsPerSecond{bad}};
    EXPECT_THAT(refusal(grid), HasSubstr("is not a positive rate"));
  }
  for (const Duration bad : {Duration(0), Duration(-1), Duration(std::chrono::seconds(11))}) {
    grid = {};
    grid.rtt = {bad};
    EXPECT_THAT(refusal(grid), HasSubstr("is not above 0 and at most 10 s"));
  }
  grid = {};
  grid.rtt.clear();
  EXPECT_THAT(refusal(grid), HasSubstr("rtt: the axis is empty"));
}

TEST(Grid, TooManyCellsAreRefusedBeforeTheyAreMade) {
  Grid grid;
  std::vector<double> fine;
  for (int i = 0; i < 1000; ++i) fine.push_back(i / 1000.0);
  grid.edge_cpu = grid.edge_memory = grid.cloud_cpu = grid.cloud_memory = fine;
  const auto cells = cells_of(grid);
  ASSERT_FALSE(cells);
  EXPECT_THAT(cells.error().message, HasSubstr("more than 100000 cells"));
}

}  // namespace
}  // namespace tideline::campaign
