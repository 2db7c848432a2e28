#include "profiler/analysis/axes.h"

#include <gmock/gmock.h>

#include <chrono>

namespace tideline::analysis {
namespace {

using ::testing::ElementsAre;

TEST(Axes, LevelsAreOrderedByStress) {
  const std::chrono::milliseconds delay(20);
  const std::vector<plan::Stress> conditions{
      {10_Mbps, 1, 0, 0, 0, delay}, {50_Mbps, 0.5}, {std::nullopt, 0.5, 0, 0, 0, delay / 2}};
  const Levels uplinks = levels_of(conditions, kUplink), loads = levels_of(conditions, kEdgeCpu),
               delays = levels_of(conditions, kDelay);
  EXPECT_THAT(uplinks.names, ElementsAre("unshaped", "50 Mbit/s", "10 Mbit/s"));
  EXPECT_THAT(uplinks.of, ElementsAre(2, 1, 0));
  EXPECT_THAT(loads.names, ElementsAre("50 %", "100 %"));
  EXPECT_THAT(loads.of, ElementsAre(1, 0, 0));
  EXPECT_THAT(delays.names, ElementsAre("0 ms", "10 ms", "20 ms"));
  EXPECT_THAT(delays.of, ElementsAre(2, 0, 1));
}

TEST(Axes, EveryFieldOfAStressIsAnAxisUnderTheNameThatItsTextHas) {
  const plan::Stress worst{10_Mbps, 1, 1, 1, 1, std::chrono::milliseconds(20)};
  for (std::size_t axis = 0; axis < kAxes; ++axis) {
    EXPECT_THAT(to_string(worst), ::testing::HasSubstr(std::string(axis_name(axis)) + " " + level_name(worst, axis)));
    EXPECT_TRUE(varies(std::vector{plan::Stress{}, worst}, axis)) << axis_name(axis);
    EXPECT_FALSE(varies(std::vector{worst, worst}, axis)) << axis_name(axis);
  }
}

}  // namespace
}  // namespace tideline::analysis
