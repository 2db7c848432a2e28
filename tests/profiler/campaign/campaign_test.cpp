// Whole campaigns: budgets, anchors, kills, shards.
#include "profiler/campaign/campaign_plan.h"
#include "profiler/campaign/grid.h"
#include "profiler/campaign/sweep.h"
#include "tests/profiler/campaigns.h"
#include "tests/profiler/world.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace tideline::campaign {
namespace {

using namespace tideline::fixtures;

std::vector<plan::Stress> small_grid() {
  return *cells_of({{50_Mbps, 10_Mbps}, {0, 1}, {0}, {0, 1}, {0}});
}

using Step = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;

std::vector<Step> steps_of(const journal::Measurements& measured) {
  std::vector<Step> steps;
  for (const journal::Sample& s : measured.samples) steps.emplace_back(s.cell, s.candidate, s.repetition);
  for (const journal::AnchorSample& s : measured.anchors) steps.emplace_back(1000 + s.visit, s.candidate, s.repetition);
  std::sort(steps.begin(), steps.end());
  return steps;
}

class CampaignTest : public ::testing::Test {
 protected:
  SweepOptions options() {
    SweepOptions options;
    options.now = [this] { return world_.now; };
    return options;
  }
  journal::Measurements run(const std::string& file, const journal::Context& context, const SweepOptions& with) {
    auto journal = std::filesystem::exists(folder_.file(file)) ? journal::Journal::resume(folder_.file(file), context)
                                                               : journal::Journal::create(folder_.file(file), context);
    if (!journal) ADD_FAILURE() << journal.error().message;
    const auto done = sweep(*journal, world_, world_, world_.stop, with);
    if (!done) ADD_FAILURE() << done.error().message;
    return journal->measured();
  }

  const Folder folder_;
  World world_;
};

TEST_F(CampaignTest, KilledAtEveryLineItGoesOnToTheSameSamples) {
  journal::Context context = world_campaign(small_grid());
  context.repetitions = 3;
  const auto whole = steps_of(run("whole", context, options()));
  const std::string text = text_in(folder_.file("whole"));
  for (std::size_t end = text.find('\n'); end != text.npos; end = text.find('\n', end + 1)) {
    put(folder_.file("cut"), text.substr(0, end + 1));
    const journal::Measurements measured = run("cut", context, options());
    ASSERT_EQ(steps_of(measured), whole) << "cut off after " << end;
  }
}

std::size_t pairs_of(const journal::Context& context) {
  std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
  for (const CellVisit& visit : design(context))
    if (visit.role != Role::anchors)
      for (const std::uint32_t candidate : visit.candidates) pairs.emplace(visit.cell, candidate);
  return pairs.size();
}

TEST_F(CampaignTest, EnoughIsEnoughWhereTheIntervalIsReached) {
  const journal::Context context = world_campaign(small_grid());
  SweepOptions with = options();
  with.interval = 0.03;
  const journal::Measurements measured = run("j", context, with);
  const std::size_t pairs = pairs_of(context);
  EXPECT_EQ(measured.samples.size(), 3 * pairs) << "without noise, three are enough";
  EXPECT_EQ(wider_than(0.03, measured), 0u);
}

TEST_F(CampaignTest, NoiseIsMeasuredMoreOftenUntilTheLimit) {
  world_.noise = 0.2;
  const journal::Context context = world_campaign(small_grid());
  SweepOptions with = options();
  with.interval = 0.001;
  const journal::Measurements measured = run("j", context, with);
  const std::size_t pairs = pairs_of(context);
  EXPECT_EQ(measured.samples.size(), 5 * pairs);
  EXPECT_GT(wider_than(0.001, measured), 0u);
}

TEST_F(CampaignTest, ACellIsMeasuredInTwoVisitsHalfACampaignApart) {
  const journal::Context context = world_campaign(small_grid());
  const journal::Measurements measured = run("j", context, options());
  const Duration whole = measured.samples.back().at;
  for (std::uint32_t cell = 0; cell < context.cells.size(); ++cell) {
    std::vector<Duration> times;
    for (const journal::Sample& s : measured.samples)
      if (s.cell == cell) times.push_back(s.at);
    if (!times.empty()) {
      EXPECT_GT(times.back() - times.front(), whole / 3) << to_string(context.cells[cell]);
    }
  }
}

TEST_F(CampaignTest, ABudgetThatIsSpentLeavesEveryCandidateItsThree) {
  world_.noise = 0.2;
  journal::Context context = world_campaign(small_grid());
  context.repetitions = 50;
  SweepOptions with = options();
  with.interval = 0.001;
  with.budget = std::chrono::seconds(1);
  const journal::Measurements tight = run("tight", context, with);
  for (const CellVisit& visit : design(context)) {
    if (visit.role == Role::anchors) continue;
    for (const std::uint32_t candidate : visit.candidates)
      EXPECT_EQ(
          std::count_if(tight.samples.begin(), tight.samples.end(),
                        [&](const journal::Sample& s) { return s.cell == visit.cell && s.candidate == candidate; }),
          3);
  }
  world_.now = {};
  with.budget = std::chrono::seconds(120);
  const journal::Measurements wide = run("wide", context, with);
  EXPECT_GT(wide.samples.size(), tight.samples.size());
  EXPECT_LT(seconds(world_.now - TimePoint{}), 140);
  EXPECT_GT(seconds(world_.now - TimePoint{}), 60);
}

TEST_F(CampaignTest, AnchorsAreMeasuredInTheBaselineFromBeginningToEnd) {
  const journal::Context context = world_campaign(*cells_of({{50_Mbps, 10_Mbps}, {0, 0.5, 1}, {0}, {0, 0.5, 1}, {0}}));
  const journal::Measurements measured = run("j", context, options());
  std::set<std::uint32_t> visits;
  for (const journal::AnchorSample& s : measured.anchors) {
    visits.insert(s.visit);
    EXPECT_EQ(s.terms, world_.truth({50_Mbps}, context.candidates[s.candidate].plan));
  }
  EXPECT_GE(visits.size(), 3u);
  EXPECT_GT(measured.anchors.back().at, measured.samples.back().at) << "the last look comes last";
}

TEST_F(CampaignTest, TimeGoesOnWhereItStoodWhenItIsResumed) {
  const journal::Context context = world_campaign(small_grid());
  world_.left = 60;
  const journal::Measurements first = run("j", context, options());
  world_.stop = false;
  world_.now += std::chrono::hours(5);
  const journal::Measurements all = run("j", context, options());
  EXPECT_LT(all.samples.back().at - first.samples.back().at, Duration(std::chrono::hours(1)));
  for (std::size_t i = 1; i < all.samples.size(); ++i) EXPECT_GE(all.samples[i].at, all.samples[i - 1].at);
}

TEST_F(CampaignTest, ShardsDivideTheCellsAndNoneIsLostOrDoubled) {
  const journal::Context whole = world_campaign(*cells_of(*named_grid("seed")));
  const auto cells = [](const journal::Context& context) {
    std::vector<std::uint32_t> found;
    for (const CellVisit& visit : design(context))
      if (visit.role != Role::anchors && visit.last) found.push_back(visit.cell);
    return found;
  };
  std::vector<std::uint32_t> together;
  for (std::uint32_t shard = 0; shard < 4; ++shard) {
    journal::Context part = whole;
    part.shards = 4;
    part.shard = shard;
    const auto mine = cells(part);
    EXPECT_GE(mine.size(), 3u);
    together.insert(together.end(), mine.begin(), mine.end());
    EXPECT_EQ(design(part).back().role, Role::anchors);
    EXPECT_EQ(design(part)[shard == 0 ? 1 : 0].role, Role::anchors) << "its own look at the baseline";
  }
  EXPECT_EQ(together, cells(whole));
}

}  // namespace
}  // namespace tideline::campaign
