#include "profiler/campaign/budget_plan.h"

#include "profiler/campaign/grid.h"
#include "profiler/fit/random.h"
#include "profiler/fit/sides.h"
#include "tests/profiler/world.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace tideline::campaign {
namespace {

using namespace tideline::fixtures;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

// Six cuts in all these codecs, and images at cut 0, as a network that takes photos.
journal::Context photo_campaign(std::vector<plan::Stress> cells) {
  journal::Context c = world_campaign(std::move(cells));
  c.candidates.clear();
  const auto add = [&](std::uint32_t cut, plan::Codec codec) {
    c.candidates.push_back({{"world", cut, codec}, "cut", Bytes{cut == 5 ? 0u : 400'000u / (1 + cut)}});
  };
  for (const plan::Codec codec : plan::image_codecs()) add(0, codec);
  for (std::uint32_t cut = 1; cut < 5; ++cut)
    for (const plan::Codec codec : plan::tensor_codecs()) add(cut, codec);
  add(5, plan::Codec::fp32);
  c.anchors = choose_anchors(c.candidates);
  return c;
}

std::vector<plan::Stress> many_cells() {
  return *cells_of({{50_Mbps, 25_Mbps, 10_Mbps}, {0, 0.5, 1}, {0, 0.5}, {0, 0.5, 1}, {0}});
}

// A campaign that has nothing yet, whose runs take `run` seconds.
struct Begun {
  explicit Begun(journal::Context of, double run = 0.05)
      : context(std::move(of)), measured(journal::begun(context)), pace(context) {
    totals.resize(context.cells.size(), std::vector<std::vector<double>>(context.candidates.size()));
    pace.ran_free(0, run);
    standing.measured = &measured;
    standing.totals = &totals;
  }
  BudgetPlan plan(double left) const {
    return BudgetPlanner(context, rule_of(context, std::nullopt)).plan(standing, pace, left);
  }
  void compare_all() {
    for (auto& one : measured.agreements) one = plan::Agreement{1, 0, 4};
  }
  void take(std::uint32_t cell, std::uint32_t candidate) {
    totals[cell][candidate].push_back(0.05);
    journal::Sample sample;
    sample.cell = cell, sample.candidate = candidate;
    measured.samples.push_back(sample);
  }
  std::set<plan::Codec> codecs(const BudgetPlan& plan) const {
    std::set<plan::Codec> found;
    for (const std::uint32_t i : plan.candidates) found.insert(context.candidates[i].plan.codec);
    return found;
  }

  const journal::Context context;
  journal::Measurements measured;
  Totals totals;
  Pace pace;
  Standing standing;
};

std::vector<std::uint32_t> cells_of_plan(const BudgetPlan& plan) {
  std::vector<std::uint32_t> cells;
  for (const PlannedVisit& one : plan.visits)
    if (one.visit.role != Role::anchors) cells.push_back(one.visit.cell);
  return cells;
}

TEST(BudgetPlan, WithTimeForAllTheWholeCampaignIsPlannedInItsOrder) {
  Begun begun(photo_campaign(many_cells()));
  begun.compare_all();
  const BudgetPlan plan = begun.plan(10'000);
  const std::vector<CellVisit> whole = design(begun.context);
  ASSERT_EQ(plan.visits.size(), whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_EQ(plan.visits[i].visit, whole[i]) << i;
  EXPECT_EQ(plan.candidates.size(), begun.context.candidates.size());
  double may = 0;
  for (const PlannedVisit& one : plan.visits) may += one.may_take;
  EXPECT_NEAR(may, 10'000, 1) << "repetitions get what is left";
}

TEST(BudgetPlan, NoPlanTakesLongerThanItsBudgetAndEachHasTheBaselineTheEndsAndFp32) {
  fit::Random random(7);
  for (int turn = 0; turn < 300; ++turn) {
    const auto level = [&](std::size_t most) { return 1 + fit::below(most, random); };
    Grid grid{{50_Mbps, 20_Mbps, 5_Mbps, 1_Mbps}, {0, 0.3, 0.6, 1}, {0, 0.5, 1}, {0, 0.5, 1}, {0, 0.5, 1}};
    grid.uplink.resize(level(4)), grid.edge_cpu.resize(level(4)), grid.edge_memory.resize(level(3));
    grid.cloud_cpu.resize(level(3)), grid.cloud_memory.resize(level(3));
    journal::Context context = photo_campaign(*cells_of(grid));
    if (fit::below(3, random) == 0) context.method = journal::Method::exhaustive;
    Begun begun(std::move(context), 0.01 * static_cast<double>(level(20)));
    const double budget = 3 * std::pow(1.6, static_cast<double>(fit::below(14, random)));
    const BudgetPlan plan = begun.plan(budget);
    double sum = 0;
    for (const PlannedVisit& one : plan.visits) sum += one.takes;
    EXPECT_LE(sum, plan.takes + 1e-6);
    if (plan.least > budget) {
      EXPECT_THAT(plan.visits, IsEmpty());
      continue;
    }
    EXPECT_LE(plan.takes, budget + 1e-6) << turn;
    EXPECT_THAT(cells_of_plan(plan), Contains(0u));
    EXPECT_THAT(begun.codecs(plan), IsSupersetOf({plan::Codec::fp32, plan::Codec::source, plan::Codec::u8}));
    EXPECT_THAT(plan.candidates, Contains(begun.context.candidates.size() - 1));
  }
}

TEST(BudgetPlan, MoreTimeNeverMeansFewerPlans) {
  const Begun begun(photo_campaign(many_cells()));
  std::size_t before = 0;
  for (double budget = 5; budget < 2000; budget *= 1.1) {
    const BudgetPlan plan = begun.plan(budget);
    EXPECT_GE(plan.candidates.size(), before) << budget;
    before = plan.candidates.size();
  }
  EXPECT_EQ(before, begun.context.candidates.size());
}

TEST(BudgetPlan, CellsAreLeftOutBeforeCodecsAndTheMostStressedOfEachSideStay) {
  Begun begun(photo_campaign(many_cells()));
  begun.compare_all();
  double budget = 10;
  while (begun.plan(budget).candidates.size() < begun.context.candidates.size()) ++budget;
  const BudgetPlan plan = begun.plan(budget);
  EXPECT_LT(plan.cells, 10u);
  const fit::Sides sides = fit::sides_of(begun.context.cells);
  std::set<std::string> stressed;
  for (const std::uint32_t cell : cells_of_plan(plan)) {
    if (cell > 0 && sides.only_edge(cell)) stressed.insert("edge");
    if (cell > 0 && sides.only_cloud(cell)) stressed.insert("cloud");
    if (cell > 0 && sides.only_link(cell)) stressed.insert("link");
  }
  EXPECT_EQ(stressed.size(), 3u);
  const BudgetPlan shorter = begun.plan(0.6 * budget);
  EXPECT_LT(shorter.candidates.size(), plan.candidates.size());
  EXPECT_THAT(begun.codecs(shorter), Not(Contains(plan::Codec::jpeg75)));
}

TEST(BudgetPlan, TheLeastIsToldIfItDoesNotFit) {
  const Begun begun(photo_campaign(many_cells()), 0.5);
  const BudgetPlan plan = begun.plan(3);
  EXPECT_GT(plan.least, 3);
  EXPECT_THAT(plan.visits, IsEmpty());
  EXPECT_EQ(plan.candidates.size(), 2 + 4 + 1u) << "source, u8, fp32 at four cuts, edge-only";
  EXPECT_THAT(cells_of_plan(begun.plan(plan.least)), testing::ElementsAre(0u));
}

TEST(BudgetPlan, OnceThereIsATableTheLeastIsNothingThoughTimeIsOver) {
  Begun begun(photo_campaign(many_cells()));
  begun.compare_all();
  for (const std::uint32_t candidate : every_candidate(begun.context)) begun.take(0, candidate);
  EXPECT_EQ(begun.plan(-1).least, 0);
  EXPECT_THAT(begun.plan(-1).visits, IsEmpty());
}

TEST(BudgetPlan, ACutWithLossyCodecsAloneKeepsOne) {
  journal::Context context = photo_campaign(many_cells());
  std::erase_if(context.candidates, [](const journal::Candidate& c) {
    return c.plan.cut < 5 && (is_lossless(c.plan.codec) || c.plan.codec == plan::Codec::q8);
  });
  context.anchors = choose_anchors(context.candidates);
  const BudgetPlan plan = Begun(std::move(context), 0.5).plan(1);
  EXPECT_EQ(plan.candidates.size(), 6u) << "one for each cut";
}

TEST(BudgetPlan, WhatCellsReallyTakeChangesHowManyFit) {
  Begun begun(photo_campaign(many_cells()));
  begun.compare_all();
  for (const std::uint32_t candidate : every_candidate(begun.context))
    for (int i = 0; i < 2; ++i) begun.take(0, candidate);
  const std::size_t expected = begun.plan(60).cells;
  begun.pace.ran(1, 0, 4 * begun.pace.run(1, 0));
  const std::size_t slower = begun.plan(60).cells;
  EXPECT_LT(slower, expected);
  for (int i = 0; i < 3; ++i) begun.pace.imposed(1, 12);
  EXPECT_LT(begun.plan(60).cells, slower);
}

TEST(BudgetPlan, OnceCellsAreMeasuredNoCodecIsAddedThatWasNotCompared) {
  Begun begun(photo_campaign(many_cells()));
  for (const std::uint32_t i : every_candidate(begun.context))
    if (is_lossless(begun.context.candidates[i].plan.codec)) begun.measured.agreements[i] = plan::Agreement{1, 0, 4};
  EXPECT_FALSE(begun.plan(10'000).comparisons.empty());
  begun.standing.closed = true;
  const BudgetPlan plan = begun.plan(10'000);
  EXPECT_THAT(plan.comparisons, IsEmpty());
  EXPECT_EQ(plan.candidates.size(), 7u);
}

TEST(BudgetPlan, WhatWasMeasuredInTheBaselineIsNotLeftOutLater) {
  Begun begun(photo_campaign(many_cells()));
  begun.compare_all();
  for (const std::uint32_t candidate : every_candidate(begun.context)) begun.take(0, candidate);
  for (const double left : {0.1, 1.0, 10.0, 100.0})
    EXPECT_EQ(begun.plan(left).candidates.size(), begun.context.candidates.size()) << left;
}

TEST(BudgetPlan, ACellThatCannotBeImposedIsNotPlannedAgain) {
  Begun begun(photo_campaign(many_cells()));
  begun.compare_all();
  begun.standing.refused = {1, 2};
  for (const double budget : {40.0, 10'000.0}) {
    const auto cells = cells_of_plan(begun.plan(budget));
    EXPECT_THAT(cells, Not(Contains(1u)));
    EXPECT_THAT(cells, Not(Contains(2u)));
  }
}

TEST(BudgetPlan, WhatIsLeftAfterAllCellsGoesToTheWidestIntervals) {
  journal::Context context = world_campaign(*cells_of({{50_Mbps, 10_Mbps}, {0}, {0}, {0}, {0}}));
  context.anchors.clear();
  Begun begun(context);
  begun.compare_all();
  for (std::uint32_t cell = 0; cell < 2; ++cell)
    for (std::uint32_t i = 0; i < context.candidates.size(); ++i)
      begun.totals[cell][i] = cell == 1 && i == 0 ? std::vector<double>{1, 2, 3} : std::vector<double>{1, 1, 1};
  const BudgetPlan plan = begun.plan(100);
  ASSERT_EQ(plan.visits.size(), 2u);
  EXPECT_EQ(plan.visits[0].visit.cell, 1u);
  for (auto& cell : begun.totals)
    for (auto& one : cell) one.assign(5, 1);
  EXPECT_THAT(begun.plan(100).visits, IsEmpty()) << "nothing is measured more often than was asked";
}

// McNamee's grid for AlexNet with its 20 cuts, by runs of 60 ms.
TEST(BudgetPlan, TheStudysGridIsPlannedWithinFiveMinutesWithEveryStressOfOneSide) {
  journal::Context context = world_campaign(*cells_of(*named_grid("seed")));
  context.cuts = 20;
  context.candidates.clear();
  for (std::uint32_t cut = 0; cut < 20; ++cut)
    context.candidates.push_back(
        {{"world", cut, plan::Codec::fp32}, "cut", Bytes{cut == 19 ? 0u : 600'000 / (1 + cut)}});
  context.compared = 16;
  Begun begun(std::move(context), 0.06);
  begun.pace.imposed(0, 1), begun.pace.imposed(242, 4);
  const BudgetPlan plan = begun.plan(0.96 * 300);
  EXPECT_LE(plan.takes, 0.96 * 300);
  EXPECT_EQ(plan.candidates.size(), 20u);
  const std::vector<std::uint32_t> cells = cells_of_plan(plan);
  for (const CellVisit& visit : cells_to_visit(begun.context, every_candidate(begun.context))) {
    if (visit.role != Role::held_out) {
      EXPECT_THAT(cells, Contains(visit.cell));
    }
  }
}

TEST(BudgetPlan, AsManyInputsAreComparedAsAQuarterOfTheBudgetAllows) {
  EXPECT_EQ(inputs_within(60, 0.05, 30, 200), 10u);
  EXPECT_EQ(inputs_within(6000, 0.05, 30, 200), 200u);
  EXPECT_EQ(inputs_within(1, 0.05, 30, 200), 4u);
  EXPECT_EQ(inputs_within(1, 0.05, 30, 2), 2u);
  EXPECT_EQ(inputs_within(1, 0, 30, 7), 7u);
}

}  // namespace
}  // namespace tideline::campaign
