#include "profiler/campaign/pace.h"

#include "tests/profiler/world.h"

#include <gtest/gtest.h>

namespace tideline::campaign {
namespace {

using namespace tideline::fixtures;

class PaceTest : public ::testing::Test {
 protected:
  const journal::Context context_ = world_campaign({{}, {.edge_cpu = 1}, {10_Mbps}, {.edge_memory = 1}});
  Pace pace_{context_};
};

TEST_F(PaceTest, ARunThatWasMadeTakesItsMean) {
  pace_.ran(1, 3, 0.2);
  pace_.ran(1, 3, 0.4);
  EXPECT_DOUBLE_EQ(pace_.run(1, 3), 0.3);
}

TEST_F(PaceTest, BeforeAnythingWasMadeThereAreGuesses) {
  EXPECT_GT(pace_.run(0, 0), 0);
  EXPECT_GT(pace_.imposing(0), 0);
  const std::uint32_t some[] = {0, 1};
  EXPECT_GT(pace_.comparing(some), 0);
}

TEST_F(PaceTest, WhatTheEndsTakeWithoutLoadIsWhatTheOthersAreTakenFor) {
  pace_.ran_free(0, 0.1);
  pace_.ran_free(10, 0.3);
  EXPECT_DOUBLE_EQ(pace_.run(0, 10), 0.3);
  EXPECT_DOUBLE_EQ(pace_.run(0, 5), 0.2);
}

TEST_F(PaceTest, ALoadMakesRunsSlowerAndASlowLinkLongerByTheirBytes) {
  pace_.ran_free(0, 0.1);
  EXPECT_GT(pace_.run(1, 0), pace_.run(0, 0));
  EXPECT_NEAR(pace_.run(2, 0), 0.1 + World::bytes(context_.candidates[0].plan) * 8 / 10e6, 1e-9);
  EXPECT_GT(pace_.run(2, 0), pace_.run(2, 8)) << "deeper cuts send less";
}

TEST_F(PaceTest, WhatACellHasTakenCorrectsItsOtherPlansAndThenOtherCells) {
  pace_.ran_free(0, 0.1);
  const double before = pace_.run(1, 4), elsewhere = pace_.run(3, 4);
  pace_.ran(1, 2, 3 * pace_.run(1, 2));
  EXPECT_NEAR(pace_.run(1, 4), 3 * before, 1e-9);
  EXPECT_NEAR(pace_.run(3, 4), 3 * elsewhere, 1e-9);
  pace_.ran(3, 2, elsewhere);
  EXPECT_NEAR(pace_.run(3, 4), elsewhere, 1e-9) << "its own runs count more";
}

TEST_F(PaceTest, ImposingMemoryIsLearnedByItself) {
  pace_.imposed(0, 0.5);
  pace_.imposed(3, 8);
  EXPECT_DOUBLE_EQ(pace_.imposing(1), 0.5);
  EXPECT_DOUBLE_EQ(pace_.imposing(3), 8);
}

TEST_F(PaceTest, ComparisonsAndStreamsAreCorrectedByThoseBefore) {
  pace_.ran_free(0, 0.1);
  const std::uint32_t first[] = {0, 1}, later[] = {2, 3, 4};
  EXPECT_NEAR(pace_.comparing(first), 2 * 0.1 * context_.compared, 1e-9);
  pace_.compared(first, 0.5 * pace_.comparing(first));
  EXPECT_NEAR(pace_.comparing(later), 0.5 * 3 * 0.1 * context_.compared, 1e-9);
  EXPECT_NEAR(pace_.streaming(later), 3 * 0.1 * context_.compared, 1e-9) << "streams have their own";
}

}  // namespace
}  // namespace tideline::campaign
