#include "policy/predict/envelope.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace tideline::predict {
namespace {

using ::testing::ElementsAre;

TEST(Envelope, LeavesOutALineThatIsNeverLowest) {
  const std::vector<Line> lines{{0, 10}, {5, 1}, {6, 5}, {20, 0}};
  const Envelope envelope(lines);
  EXPECT_THAT(envelope.members(), ElementsAre(0, 1, 3));
  EXPECT_THAT(envelope.breakpoints(), ElementsAre(5.0 / 9, 15.0));
  EXPECT_EQ(envelope.best(0), 0u);
  EXPECT_EQ(envelope.best(1), 1u);
  EXPECT_EQ(envelope.best(100), 3u);
}

TEST(Envelope, OfEqualLinesKeepsTheFirst) {
  EXPECT_THAT(Envelope(std::vector<Line>{{1, 1}, {1, 1}, {1, 1}}).members(), ElementsAre(0));
}

TEST(Envelope, IsWhatTryingEveryLineFinds) {
  std::mt19937_64 random(4);
  const auto below = [&](int n) { return static_cast<double>(random() % static_cast<unsigned>(n)); };
  for (int round = 0; round < 3000; ++round) {
    std::vector<Line> lines(1 + random() % 40);
    // Small whole numbers now and then, so that lines are parallel, equal, and meet in one point.
    const int range = round % 2 ? 6 : 1'000'000;
    for (Line& line : lines) line = {below(range), below(range)};
    const Envelope envelope(lines);
    ASSERT_TRUE(std::ranges::is_sorted(envelope.breakpoints()));
    ASSERT_EQ(envelope.members().size(), envelope.breakpoints().size() + 1);
    for (int i = 0; i < 50; ++i) {
      const double x = i == 0 ? 0 : std::pow(10, -7 + 14 * (below(1'000'000) / 1e6));
      double least = HUGE_VAL;
      for (const Line& line : lines) least = std::min(least, line.at(x));
      ASSERT_LE(lines[envelope.best(x)].at(x), least * (1 + 1e-9) + 1e-9);
    }
  }
}

}  // namespace
}  // namespace tideline::predict
