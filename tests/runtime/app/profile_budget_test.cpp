#include "runtime/app/modes/profile_budget.h"

#include "profiler/campaign/grid.h"
#include "tests/profiler/world.h"

#include <gmock/gmock.h>

namespace tideline::modes {
namespace {

using namespace tideline::fixtures;

config::Command command_with(std::optional<Duration> budget) {
  config::Command command;
  command.config.profile.budget = budget;
  return command;
}

// Every plan of `cells` cells, without one codec.
journal::Measurements taken(std::uint32_t cells, std::optional<plan::Codec> without) {
  journal::Measurements measured =
      journal::begun(world_campaign(*campaign::cells_of({{50_Mbps, 10_Mbps}, {0, 1}, {0}, {0}, {0}})));
  for (std::uint32_t cell = 0; cell < cells; ++cell)
    for (std::uint32_t i = 0; i < measured.context.candidates.size(); ++i)
      if (measured.context.candidates[i].plan.codec != without) {
        journal::Sample sample;
        sample.cell = cell, sample.candidate = i;
        measured.samples.push_back(sample);
      }
  return measured;
}

TEST(ProfileBudgetTexts, SayWhatFitsIntoTheTime) {
  const journal::Measurements measured = taken(0, {});
  campaign::BudgetPlan plan;
  plan.candidates = {0, 1, 2};
  plan.cells = 4;
  EXPECT_EQ(planned_text(plan, measured.context, std::chrono::seconds(20)),
            "20 s are enough for all 4 conditions and for 3 of 11 plans");
}

TEST(ProfileBudgetTexts, SayWhatWasLeftOutAndHowToGoOn) {
  EXPECT_EQ(spent_text(taken(3, plan::Codec::q16), std::chrono::milliseconds(19'440), std::chrono::seconds(20)),
            "measured 3 of 4 conditions and 6 of 11 plans in 19.4 s of 20 s, without q16; --resume with a longer "
            "--budget goes on");
  EXPECT_EQ(spent_text(taken(4, {}), std::chrono::seconds(8), std::chrono::seconds(20)),
            "measured all 4 conditions and all 11 plans in 8.0 s of 20 s");
}

TEST(ProfileBudgetOfACommand, IsKeptExceptOfAShardAndARefresh) {
  EXPECT_FALSE(keeps_budget(command_with({})));
  config::Command command = command_with(std::chrono::seconds(20));
  EXPECT_TRUE(keeps_budget(command));
  command.refresh = true;
  EXPECT_FALSE(keeps_budget(command));
  command.refresh = false;
  command.config.profile.shard = config::Shard{0, 2};
  EXPECT_FALSE(keeps_budget(command));
}

TEST(ProfileBudgetOfACommand, BoundsTheImagesThatAreRead) {
  EXPECT_EQ(most_images(command_with({})), 200u);
  EXPECT_EQ(most_images(command_with(std::chrono::seconds(20))), 40u);
  EXPECT_EQ(most_images(command_with(std::chrono::milliseconds(10))), 1u);
  EXPECT_EQ(most_images(command_with(std::chrono::hours(1))), 200u);
}

}  // namespace
}  // namespace tideline::modes
