#include "profiler/fit/separable.h"

#include "policy/table/table_json.h"
#include "profiler/campaign/grid.h"
#include "profiler/campaign/sweep.h"
#include "profiler/fit/build_table.h"
#include "profiler/fit/statistics.h"
#include "profiler/journal/sample.h"
#include "tests/profiler/campaigns.h"
#include "tests/profiler/world.h"

#include <gmock/gmock.h>

namespace tideline::fit {
namespace {

using ::testing::HasSubstr;
using namespace tideline::fixtures;

std::vector<plan::Stress> grid() {
  return *campaign::cells_of({{50_Mbps, 25_Mbps, 10_Mbps}, {0, 0.5, 1}, {0, 1}, {0, 0.5, 1}, {0, 1}});
}

class SeparableTest : public ::testing::Test {
 protected:
  table::PartitionTable measured(const journal::Context& context) {
    auto journal = journal::Journal::create(folder_.file("j"), context);
    EXPECT_TRUE(journal) << journal.error().message;
    const auto done = campaign::sweep(*journal, world_, world_, world_.stop, {.now = [this] { return world_.now; }});
    if (!done) ADD_FAILURE() << done.error().message;
    samples_ = journal->samples().size();
    auto table = build_table(journal->measured(), "now");
    if (!table) ADD_FAILURE() << table.error().message;
    return *std::move(table);
  }
  // Relative errors of the table's totals, all cells and plans.
  std::vector<double> errors(const table::PartitionTable& table) const {
    std::vector<double> all;
    for (const table::Cell& cell : table.cells())
      for (const table::Estimate& e : cell.estimates)
        if (const Duration truth = world_.truth(cell.asked, e.plan).total(); truth > Duration::zero())
          all.push_back(std::abs(seconds(e.mean.total()) / seconds(truth) - 1));
    return all;
  }

  const Folder folder_;
  World world_;
  std::size_t samples_ = 0;
};

TEST_F(SeparableTest, WithoutNoiseEveryCellIsPredictedAsItIs) {
  const table::PartitionTable table = measured(world_campaign(grid()));
  EXPECT_EQ(table.cells().size(), 108u);
  EXPECT_EQ(table.origin().method, "separable");
  EXPECT_LT(quantile(errors(table), 1), 0.01);
}

TEST_F(SeparableTest, NoiseAndWildTimesLeaveThePredictionsNearTheTruth) {
  world_.noise = 0.03;
  world_.wild = 50;
  const table::PartitionTable table = measured(world_campaign(grid()));
  EXPECT_LT(median(errors(table)), 0.025);
  EXPECT_LT(quantile(errors(table), 0.95), 0.08);
  EXPECT_LT(samples_, 108 * 11 * 5 / 4u) << "a fraction of the exhaustive campaign";
  const table::Quality& quality = table.origin().quality;
  EXPECT_GE(quality.held_out.size(), 36u);
  EXPECT_LT(*quality.held_out_residual(0.5), 0.04);
  ASSERT_TRUE(quality.noise_floor);
  EXPECT_LT(*quality.noise_floor, 0.06);
  ASSERT_TRUE(quality.drift);
  EXPECT_FALSE(quality.drift->drifted);
}

TEST_F(SeparableTest, DelaysThatComeOftenArePredictedInTheMean) {
  world_.wild = 3;
  journal::Context context = world_campaign(grid());
  context.repetitions = 40;
  const table::PartitionTable table = measured(context);
  std::vector<double> ratios;
  for (const table::Cell& cell : table.cells())
    for (const table::Estimate& e : cell.estimates) {
      const Duration truth = world_.truth(cell.asked, e.plan).total();
      if (truth > Duration::zero()) ratios.push_back(seconds(e.mean.total()) / seconds(truth));
    }
  EXPECT_NEAR(median(ratios), 5.0 / 3, 0.08) << "one term in three takes three times as long";
  EXPECT_LT(*table.origin().quality.held_out_residual(0.5), 0.1);
}

TEST_F(SeparableTest, IntervalsHoldTheTruth) {
  world_.noise = 0.05;
  const table::PartitionTable table = measured(world_campaign(grid()));
  int held = 0, all = 0;
  for (const table::Cell& cell : table.cells())
    for (const table::Estimate& e : cell.estimates) {
      const Duration away = e.mean.total() - world_.truth(cell.asked, e.plan).total();
      held += std::abs(away.count()) <= e.ci95.count();
      ++all;
    }
  EXPECT_GT(held, 0.7 * all);
}

TEST_F(SeparableTest, WhatTheOtherSideDoesIsAFactorAndAnInteractionIsCorrected) {
  world_.shared = true;
  world_.noise = 0.01;
  const table::PartitionTable table = measured(world_campaign(grid()));
  EXPECT_FALSE(table.origin().quality.corrections.empty());
  for (const table::Correction& c : table.origin().quality.corrections) EXPECT_LT(c.coefficient, 0) << c.term;
  EXPECT_LT(median(errors(table)), 0.02);
  EXPECT_LT(quantile(errors(table), 0.95), 0.1);
}

TEST_F(SeparableTest, WithoutInteractionNothingIsCorrected) {
  world_.noise = 0.02;
  EXPECT_TRUE(measured(world_campaign(grid())).origin().quality.corrections.empty());
}

TEST_F(SeparableTest, DelaysAreMeasuredWithTheLink) {
  campaign::Grid with{{50_Mbps, 10_Mbps}, {0, 1}, {0}, {0, 1}, {0}};
  with.rtt = {std::nullopt, ms(40)};
  const table::PartitionTable table = measured(world_campaign(*cells_of(with)));
  EXPECT_EQ(table.cells().size(), 16u);
  EXPECT_LT(quantile(errors(table), 1), 0.01);
}

TEST_F(SeparableTest, ACellOfASideThatCannotBeReachedLeavesOutWhatFollowsFromIt) {
  world_.impossible = [](const plan::Stress& s) { return s.edge_memory == 1; };
  const table::PartitionTable table = measured(world_campaign(grid()));
  EXPECT_EQ(table.cells().size(), 54u);
  EXPECT_EQ(table.origin().quality.left_out.size(), 54u);
  for (const table::LeftOut& cell : table.origin().quality.left_out) EXPECT_EQ(cell.asked.edge_memory, 1);
}

TEST_F(SeparableTest, ADriftIsMarked) {
  world_.noise = 0.01;
  world_.drift = 0.002;
  const table::PartitionTable table = measured(world_campaign(grid()));
  ASSERT_TRUE(table.origin().quality.drift);
  EXPECT_TRUE(table.origin().quality.drift->drifted);
  EXPECT_GT(table.origin().quality.drift->change, 0.05);
}

TEST_F(SeparableTest, TheTableSurvivesItsFile) {
  world_.noise = 0.02;
  const table::PartitionTable table = measured(world_campaign(grid()));
  const auto back = table::parse_table(to_json(table));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, table);
}

TEST_F(SeparableTest, WithoutTheBaselineThereIsNoTable) {
  const auto table = build_table(journal::begun(world_campaign(grid())), "now");
  ASSERT_FALSE(table);
  EXPECT_THAT(table.error().message, HasSubstr("does not have a sample of every candidate"));
}

}  // namespace
}  // namespace tideline::fit
