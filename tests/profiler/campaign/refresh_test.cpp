#include "profiler/campaign/refresh.h"

#include "profiler/campaign/campaign_plan.h"
#include "profiler/campaign/grid.h"
#include "profiler/campaign/sweep.h"
#include "profiler/fit/build_table.h"
#include "tests/profiler/campaigns.h"
#include "tests/profiler/world.h"

#include <gmock/gmock.h>

#include <set>

namespace tideline::campaign {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using namespace tideline::fixtures;

// The same world later: edge and cloud take other times.
struct LaterWorld final : journal::Stage, journal::Subject {
  explicit LaterWorld(World& world) : world(world) {}
  Result<journal::ImposedLoad> impose(const plan::Stress& asked) override { return world.impose(asked); }
  Result<journal::TimedInference> time(const plan::Plan& plan) override {
    auto timed = world.time(plan);
    const auto slow = [](Duration& time, double factor) { time = from_seconds(seconds(time) * factor); };
    slow(timed->terms.head, edge * (world.stress.edge_cpu > 0 ? under_load : 1));
    slow(timed->terms.encode, edge);
    slow(timed->terms.tail, cloud * (plan.cut == odd_cut ? odd : 1));
    return timed;
  }
  std::vector<Result<plan::Agreement>> agree(std::span<const plan::Plan> plans,
                                             const std::atomic<bool>& stop) override {
    return world.agree(plans, stop);
  }
  Result<std::vector<Bytes>> stream(std::span<const plan::Plan> plans) override { return world.stream(plans); }

  World& world;
  double edge = 1, cloud = 1, under_load = 1, odd = 1;
  std::uint32_t odd_cut = 2;
};

class RefreshTest : public ::testing::Test {
 protected:
  RefreshTest() {
    world_.noise = 0.03;
    context_ = world_campaign(*cells_of({{50_Mbps, 10_Mbps, 2_Mbps}, {0, 0.5, 1}, {0, 1}, {0, 0.5, 1}, {0}}));
    old_ = measured(begun(context_));
  }
  journal::Measurements measured(const journal::Measurements& from) {
    auto journal = journal::Journal::write(folder_.file(std::to_string(files_++)), from);
    EXPECT_TRUE(journal) << journal.error().message;
    const auto done = sweep(*journal, later_, later_, world_.stop, {.now = [this] { return world_.now; }});
    EXPECT_TRUE(done && *done);
    return journal->measured();
  }
  Changes changes() { return changes_of(old_, measured(begun_probe(old_))); }
  std::set<std::uint32_t> kept_cells(const journal::Measurements& rest) const {
    std::set<std::uint32_t> cells;
    for (const journal::Sample& sample : rest.samples) cells.insert(sample.cell);
    return cells;
  }
  plan::Stress stress(std::uint32_t cell) const { return context_.cells[cell]; }

  // How far the table's terms are from the truth of the later world, at most, over all cells and plans.
  double worst_error(const journal::Measurements& of, Duration table::Terms::* term, double factor) const {
    const auto table = fit::build_table(of, "");
    EXPECT_TRUE(table) << table.error().message;
    double worst = 0;
    for (const table::Cell& cell : table->cells())
      for (const table::Estimate& e : cell.estimates) {
        const double truth = factor * seconds(world_.truth(cell.asked, e.plan).*term);
        if (truth > 1e-3) worst = std::max(worst, std::abs(seconds(e.mean.*term) / truth - 1));
      }
    return worst;
  }

  const Folder folder_;
  World world_;
  LaterWorld later_{world_};
  journal::Context context_;
  journal::Measurements old_;
  int files_ = 0;
};

TEST_F(RefreshTest, AProbeHasTheBaselineAndTheWorstOfEachAxis) {
  std::vector<plan::Stress> probed;
  for (const std::uint32_t cell : probe_cells(old_)) probed.push_back(stress(cell));
  EXPECT_THAT(probed,
              ::testing::UnorderedElementsAre(plan::Stress{50_Mbps}, plan::Stress{2_Mbps}, plan::Stress{50_Mbps, 1},
                                              plan::Stress{50_Mbps, 0, 1}, plan::Stress{50_Mbps, 0, 0, 1}));
  EXPECT_EQ(begun_probe(old_).agreements, old_.agreements);
  EXPECT_LT(measured(begun_probe(old_)).samples.size(), old_.samples.size() / 2);
}

TEST_F(RefreshTest, NothingHasChangedWhereOnlyNoiseDiffers) {
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(changes().any()) << to_string(changes());
  EXPECT_EQ(to_string(Changes{}), "nothing has changed by more than its noise");
}

TEST_F(RefreshTest, AFasterEdgeCostsTheCellsOfTheEdgeAndTheRestIsKept) {
  later_.edge = 0.5;
  const Changes found = changes();
  EXPECT_TRUE(found.edge.itself);
  EXPECT_FALSE(found.edge.stressed || found.link.any() || found.cloud.any()) << to_string(found);
  EXPECT_NEAR(found.edge.factor, 0.5, 0.02);
  const journal::Measurements rest = still_valid(old_, found);
  for (const std::uint32_t cell : kept_cells(rest)) {
    EXPECT_NE(cell, 0u);
    EXPECT_EQ(stress(cell).edge_cpu + stress(cell).edge_memory, 0) << to_string(stress(cell));
    EXPECT_TRUE(rest.kept.holds(cell));
  }
  EXPECT_EQ(kept_cells(rest).size(), 4u) << "two of the link, two of the cloud";
  EXPECT_FALSE(rest.kept.former.empty());
  EXPECT_TRUE(rest.anchors.empty());
  EXPECT_EQ(rest.agreements, old_.agreements);

  const journal::Measurements whole = measured(rest);
  EXPECT_LT(worst_error(whole, &table::Terms::head, 0.5), 0.1);
  EXPECT_LT(worst_error(whole, &table::Terms::tail, 1), 0.1);
  EXPECT_LT(worst_error(whole, &table::Terms::network, 1), 0.15);
  journal::Measurements unrelated = whole;
  unrelated.kept = {};
  EXPECT_GT(worst_error(unrelated, &table::Terms::head, 0.5), 0.5) << "old heads beside a new baseline mislead";
}

TEST_F(RefreshTest, ATimeThatHasBecomeTooShortToMeasureHasChanged) {
  later_.cloud = 0.001;
  EXPECT_TRUE(changes().cloud.itself);
  EXPECT_FALSE(changes().edge.any() || changes().link.any());
}

TEST_F(RefreshTest, OneSlowerTailCostsTheCellsOfTheCloud) {
  later_.odd = 1.5;
  const Changes found = changes();
  EXPECT_TRUE(found.cloud.itself);
  EXPECT_FALSE(found.edge.any() || found.link.any()) << to_string(found);
  const journal::Measurements rest = still_valid(old_, found);
  for (const std::uint32_t cell : kept_cells(rest)) EXPECT_EQ(stress(cell).cloud_cpu, 0);
}

TEST_F(RefreshTest, AnotherEffectOfALoadCostsOnlyTheCellsWithThatLoad) {
  later_.under_load = 1.4;
  const Changes found = changes();
  EXPECT_TRUE(found.edge.stressed);
  EXPECT_FALSE(found.of_baseline()) << to_string(found);
  const journal::Measurements rest = still_valid(old_, found);
  EXPECT_TRUE(kept_cells(rest).contains(0));
  EXPECT_TRUE(rest.kept.cells.empty()) << "the baseline is the same";
  for (const std::uint32_t cell : kept_cells(rest))
    EXPECT_EQ(stress(cell).edge_cpu + stress(cell).edge_memory, 0) << to_string(stress(cell));
}

TEST_F(RefreshTest, WhatWasKeptOnceIsMeasuredAtTheNextChangeOfTheBaseline) {
  later_.edge = 0.5;
  old_ = measured(still_valid(old_, changes()));
  EXPECT_FALSE(old_.kept.cells.empty());
  EXPECT_FALSE(changes().any());
  later_.cloud = 2;
  const Changes found = changes();
  EXPECT_TRUE(found.cloud.itself);
  const journal::Measurements rest = still_valid(old_, found);
  for (const std::uint32_t cell : kept_cells(rest)) EXPECT_FALSE(old_.kept.holds(cell));
  const journal::Measurements whole = measured(rest);
  EXPECT_LT(worst_error(whole, &table::Terms::head, 0.5), 0.1);
  EXPECT_LT(worst_error(whole, &table::Terms::tail, 2), 0.1);
}

TEST_F(RefreshTest, WithoutAChangeAllStays) {
  const journal::Measurements rest = still_valid(old_, {});
  EXPECT_EQ(rest.samples, old_.samples);
  EXPECT_EQ(rest.anchors, old_.anchors);
}

TEST_F(RefreshTest, AnExhaustiveCampaignIsMeasuredAgainOnceItsBaselineHasChanged) {
  context_.method = journal::Method::exhaustive;
  context_.cells = *cells_of({{50_Mbps, 10_Mbps}, {0, 1}, {0}, {0, 1}, {0}});
  old_ = measured(begun(context_));
  later_.under_load = 1.4;
  const journal::Measurements rest = still_valid(old_, changes());
  for (const std::uint32_t cell : kept_cells(rest)) EXPECT_EQ(stress(cell).edge_cpu, 0);
  EXPECT_EQ(kept_cells(rest).size(), 4u);
  later_.cloud = 2;
  EXPECT_TRUE(still_valid(old_, changes()).samples.empty());
}

TEST(Refresh, OneSentenceNamesWhatHasChanged) {
  EXPECT_EQ(to_string(Changes{.edge = {.itself = true, .factor = 1.934}, .cloud = {.stressed = true}}),
            "the edge has changed (its times are 1.93 times the former); a load of the cloud has another effect");
}

}  // namespace
}  // namespace tideline::campaign
