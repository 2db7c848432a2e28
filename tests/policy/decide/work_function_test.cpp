#include "policy/decide/work_function.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace tideline::decide {
namespace {

TEST(WorkFunction, StaysUntilStayingHasCostAsMuchAsMoving) {
  WorkFunction work;
  const std::vector<double> costs{2, 1};
  for (int i = 0; i < 2; ++i) EXPECT_EQ(work.step(costs, 3, 0), 0u);
  EXPECT_EQ(work.step(costs, 3, 0), 1u);
}

TEST(WorkFunction, NeverMovesToWhatIsForbidden) {
  WorkFunction work;
  EXPECT_EQ(work.step(std::vector<double>{HUGE_VAL, 1, HUGE_VAL}, 3, 0), 1u);
}

// Against the best way in hindsight, found by dynamic programming; two plans, and any costs.
TEST(WorkFunction, CostsAtMostThreeTimesTheBestWayInHindsight) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> cost(0, 1);
  for (int round = 0; round < 300; ++round) {
    WorkFunction work;
    const double switching = 0.1 + 5 * cost(random);
    std::size_t at = 0;
    double paid = 0, best[2] = {0, switching};
    bool high = false;
    for (int i = 0; i < 500; ++i) {
      high = random() % 10 ? high : !high;
      const std::vector<double> costs{high ? cost(random) : 0, high ? 0 : cost(random)};
      const std::size_t next = work.step(costs, switching, at);
      paid += next == at ? 0 : switching;
      at = next;
      paid += costs[at];
      const double kept[2] = {best[0], best[1]};
      for (int j = 0; j < 2; ++j)
        best[j] = std::min(kept[j], kept[1 - j] + switching) + costs[static_cast<std::size_t>(j)];
    }
    EXPECT_LE(paid, 3 * std::min(best[0], best[1]) + 3 * switching);
  }
}

}  // namespace
}  // namespace tideline::decide
