// Campaigns that keep their budget, in a world with a clock of its own.
#include "profiler/campaign/grid.h"
#include "profiler/campaign/sweep.h"
#include "profiler/fit/build_table.h"
#include "profiler/fit/measured_part.h"
#include "tests/profiler/campaigns.h"
#include "tests/profiler/world.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

namespace tideline::campaign {
namespace {

using namespace tideline::fixtures;
using ::testing::HasSubstr;

class BudgetTest : public ::testing::Test {
 protected:
  SweepOptions within(double budget) {
    SweepOptions options;
    options.now = [this] { return world_.now; };
    options.budget = from_seconds(budget);
    options.keep_budget = true;
    options.on_plan = [this](const BudgetPlan& plan) { plan_ = plan; };
    return options;
  }
  journal::Journal opened(const journal::Context& context) const {
    const auto file = folder_.file("j");
    auto journal = std::filesystem::exists(file) ? journal::Journal::resume(file, context)
                                                 : journal::Journal::create(file, context);
    if (!journal) ADD_FAILURE() << journal.error().message;
    return *std::move(journal);
  }
  journal::Measurements run(const journal::Context& context, const SweepOptions& with) {
    journal::Journal journal = opened(context);
    const auto done = sweep(journal, world_, world_, world_.stop, with);
    if (!done) ADD_FAILURE() << done.error().message;
    return journal.measured();
  }
  double took() const { return seconds(world_.now - TimePoint{}); }

  const Folder folder_;
  World world_;
  std::optional<BudgetPlan> plan_;
};

journal::Context study() {
  return world_campaign(*cells_of(*named_grid("seed")));
}

std::set<std::uint32_t> cells_in(const journal::Measurements& measured) {
  std::set<std::uint32_t> cells;
  for (const journal::Sample& sample : measured.samples) cells.insert(sample.cell);
  return cells;
}

TEST_F(BudgetTest, IsKeptWhetherItIsShortOrLong) {
  for (const double budget : {15.0, 30.0, 60.0, 120.0, 300.0}) {
    world_.now = {};
    std::filesystem::remove(folder_.file("j"));
    const journal::Measurements measured = run(study(), within(budget));
    EXPECT_LE(took(), budget) << budget;
    EXPECT_GT(took(), 0.6 * budget) << "no time is wasted";
    const auto table = fit::build_table(fit::measured_part(measured), "");
    ASSERT_TRUE(table) << table.error().message;
    EXPECT_FALSE(table->unstressed().estimates.empty());
  }
}

TEST_F(BudgetTest, IsKeptThoughCellsTakeFarLongerThanTheyWereTakenFor) {
  world_.noise = 0.3;
  world_.shared = true;
  world_.drift = 0.02;
  for (const double budget : {20.0, 60.0, 200.0}) {
    world_.now = {};
    std::filesystem::remove(folder_.file("j"));
    run(study(), within(budget));
    EXPECT_LE(took(), 1.1 * budget) << budget;
  }
}

TEST_F(BudgetTest, TheSeparableFitFillsInTheCellsThatWereNotMeasured) {
  const journal::Measurements measured = run(study(), within(60));
  const auto table = fit::build_table(fit::measured_part(measured), "");
  ASSERT_TRUE(table);
  EXPECT_GT(table->cells().size(), 2 * cells_in(measured).size());
  EXPECT_EQ(table->cells().size() + table->origin().quality.left_out.size(), 243u) << "the others are named";
  for (const table::Cell& cell : table->cells())
    for (const table::Estimate& e : cell.estimates) {
      const double truth = seconds(world_.truth(cell.asked, e.plan).total());
      EXPECT_NEAR(seconds(e.mean.total()), truth, 0.1 * truth) << to_string(cell.asked) << " cut " << e.plan.cut;
    }
}

TEST_F(BudgetTest, MoreTimeAfterwardsGoesOnFromTheJournal) {
  const journal::Measurements first = run(study(), within(30));
  const double after = took();
  const journal::Measurements more = run(study(), within(120));
  EXPECT_LE(took(), 120) << "the time of the first run counts";
  EXPECT_GT(took(), after + 30);
  ASSERT_GT(more.samples.size(), first.samples.size());
  EXPECT_TRUE(std::equal(first.samples.begin(), first.samples.end(), more.samples.begin()));
  EXPECT_GT(cells_in(more).size(), cells_in(first).size());
  const journal::Measurements all = run(study(), {.now = [this] { return world_.now; }});
  for (const CellVisit& visit : design(study())) EXPECT_TRUE(all.finished[visit.cell]) << visit.cell;
}

TEST_F(BudgetTest, ExhaustivelyTheCornersComeFirstAndTheRestIsNamed) {
  journal::Context context =
      world_campaign(*cells_of({{50_Mbps, 25_Mbps, 10_Mbps}, {0, 0.5, 1}, {0}, {0, 0.5, 1}, {0}}));
  context.method = journal::Method::exhaustive;
  const journal::Measurements measured = run(context, within(40));
  EXPECT_LE(took(), 40);
  const std::set<std::uint32_t> cells = cells_in(measured);
  EXPECT_LT(cells.size(), 27u);
  EXPECT_TRUE(cells.contains(0) && cells.contains(26)) << "the calmest and the most stressed";
  const auto table = fit::build_table(measured, "");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->cells().size() + table->origin().quality.left_out.size(), 27u);
}

TEST_F(BudgetTest, ThatIsTooShortIsRefusedAtOnceWithTheLeast) {
  journal::Journal journal = opened(study());
  const auto done = sweep(journal, world_, world_, world_.stop, within(2));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::invalid);
  EXPECT_THAT(done.error().message,
              HasSubstr("a budget of 2 s is too short: the least is to compare and to measure 6 plans"));
  EXPECT_LT(took(), 2);
  EXPECT_EQ(world_.imposed, 0);
}

TEST_F(BudgetTest, PreparationBeforeTheSweepCounts) {
  world_.now += std::chrono::seconds(20);
  SweepOptions with = within(60);
  with.begun = TimePoint{};
  run(study(), with);
  EXPECT_LE(took(), 60);
}

TEST_F(BudgetTest, WhatDoesNotFitIsToldBeforeAnythingIsMeasured) {
  run(study(), within(30));
  ASSERT_TRUE(plan_);
  EXPECT_GT(plan_->cells, 0u);
  EXPECT_LT(plan_->cells, 38u);
  plan_.reset();
  std::filesystem::remove(folder_.file("j"));
  world_.now = {};
  run(world_campaign(*cells_of({{50_Mbps, 10_Mbps}, {0, 1}, {0}, {0}, {0}})), within(600));
  EXPECT_EQ(plan_->candidates.size(), 11u);
  EXPECT_LT(took(), 600) << "no plan is measured more often than was asked";
}

TEST_F(BudgetTest, AConditionThatCannotBeImposedIsNotTriedForever) {
  world_.impossible = [](const plan::Stress& stress) { return stress.edge_memory > 0; };
  const journal::Measurements measured = run(study(), within(120));
  EXPECT_LE(took(), 120);
  EXPECT_GT(cells_in(measured).size(), 5u);
  EXPECT_LT(std::ranges::count_if(measured.unreached, [](const auto& why) { return why.has_value(); }), 40);
}

TEST_F(BudgetTest, ALoadThatTakesLongerThanTimeIsLeftEndsWithATable) {
  world_.impossible = [this](const plan::Stress& stress) {
    if (stress.edge_memory > 0) world_.now += std::chrono::minutes(1);
    return false;
  };
  const journal::Measurements measured = run(study(), within(40));
  EXPECT_GT(took(), 40);
  EXPECT_LT(took(), 40 + 62) << "what has begun is not interrupted, and nothing is begun after it";
  EXPECT_TRUE(fit::build_table(fit::measured_part(measured), ""));
}

TEST_F(BudgetTest, AStopIsObeyed) {
  world_.left = 40;
  journal::Journal journal = opened(study());
  const auto done = sweep(journal, world_, world_, world_.stop, within(120));
  ASSERT_TRUE(done);
  EXPECT_FALSE(*done);
}

}  // namespace
}  // namespace tideline::campaign
