#include "profiler/fit/build_table.h"

#include "policy/table/table_json.h"
#include "profiler/journal/sample.h"
#include "tests/profiler/campaigns.h"

#include <gmock/gmock.h>

namespace tideline::fit {
namespace {

using ::testing::HasSubstr;
using namespace tideline::fixtures;

journal::Sample taken(std::uint32_t cell, std::uint32_t candidate, std::uint32_t repetition, table::Terms terms) {
  return {cell, candidate, repetition, terms, {}, Bytes{1000 + 2000ULL * repetition}, {}};
}

// Head and tail in milliseconds for cut 0 (no head), cut 1 and edge-only, in the calm and in the loaded cell.
std::vector<journal::Sample> samples() {
  return {taken(0, 0, 0, {ms(0), ms(1), ms(100), ms(0), ms(30)}),
          taken(0, 0, 1, {ms(0), ms(3), ms(200), ms(2), ms(30)}),
          taken(0, 1, 0, {ms(10), ms(1), ms(20), ms(0), ms(20)}),
          taken(0, 1, 1, {ms(12), ms(1), ms(20), ms(0), ms(20)}),
          taken(0, 2, 0, {ms(40), {}, {}, {}, ms(5)}),
          taken(0, 2, 1, {ms(40), {}, {}, {}, ms(5)}),
          taken(1, 0, 0, {ms(0), ms(1), ms(900), ms(0), ms(60)}),
          taken(1, 1, 0, {ms(33), ms(1), ms(90), ms(0), ms(30)}),
          taken(1, 2, 0, {ms(80), {}, {}, {}, ms(50)})};
}

const std::vector<std::optional<plan::Agreement>> kAgreements{std::nullopt, agreement(), plan::Agreement{1, 0, 16}};

journal::Measurements holding(std::vector<journal::Sample> samples) {
  journal::Measurements measured = journal::begun(small_campaign());
  measured.samples = std::move(samples);
  measured.agreements = kAgreements;
  return measured;
}

table::PartitionTable built(const std::vector<journal::Sample>& from) {
  auto table = build_table(holding(from), "2025-06-07T08:09:10Z");
  if (!table) ADD_FAILURE() << table.error().message;
  return *std::move(table);
}

TEST(BuildTable, SaysWhereItComesFrom) {
  const auto origin = built(samples()).origin();
  EXPECT_EQ(origin.model, kModel);
  EXPECT_EQ(origin.model_name, "alexnet");
  EXPECT_EQ(origin.cuts, 3u);
  EXPECT_EQ(origin.method, "exhaustive");
  EXPECT_EQ(origin.created, "2025-06-07T08:09:10Z");
  EXPECT_EQ(origin.edge, small_campaign().edge);
  EXPECT_EQ(origin.cloud, small_campaign().cloud);
  EXPECT_EQ(origin.precisions, small_campaign().precisions);
}

TEST(BuildTable, EstimatesAreTheMeansOfTheSamples) {
  const table::PartitionTable table = built(samples());
  const table::Estimate& cloud_only = table.cells()[0].estimates[0];
  EXPECT_EQ(cloud_only.plan, small_campaign().candidates[0].plan);
  EXPECT_EQ(cloud_only.cut_name, "input");
  EXPECT_EQ(cloud_only.wire, Bytes{2000}) << "of 1000 and 3000";
  EXPECT_EQ(cloud_only.mean, (table::Terms{ms(0), ms(2), ms(150), ms(1), ms(30)}));
  EXPECT_EQ(cloud_only.samples, 2u);
  // Totals 131 and 235: p95 lies 0.95 of the way; both bootstrap tails lie on the ends.
  EXPECT_NEAR(milliseconds(cloud_only.p95), 131 + 0.95 * 104, 1e-6);
  EXPECT_EQ(cloud_only.ci95, ms(52));
  EXPECT_EQ(table.cells()[1].estimates[0].samples, 1u);
  EXPECT_EQ(table.cells()[1].estimates[0].ci95, ms(0));
}

// Two codecs of cut 1: a head does not depend on what encodes it.
TEST(BuildTable, TheHeadsOfAllPlansOfACutCountTogether) {
  journal::Measurements measured = holding(samples());
  measured.context.candidates[0].plan = measured.context.candidates[1].plan;
  measured.context.candidates[0].plan.codec = plan::Codec::q8;
  measured.samples = {taken(0, 0, 0, {ms(10), ms(1), ms(20), ms(0), ms(20)}),
                      taken(0, 1, 0, {ms(30), ms(1), ms(20), ms(0), ms(20)}),
                      taken(0, 2, 0, {ms(40), {}, {}, {}, ms(5)})};
  const auto table = build_table(measured, "2025-06-07T08:09:10Z");
  ASSERT_TRUE(table) << table.error().message;
  const auto& estimates = table->cells()[0].estimates;
  EXPECT_EQ(estimates[0].mean.head, ms(20));
  EXPECT_EQ(estimates[1].mean.head, ms(20));
  EXPECT_EQ(estimates[0].mean.total(), ms(61));
  EXPECT_EQ(estimates[0].p95, ms(61)) << "one measurement, around the mean of all heads";
  EXPECT_EQ(estimates[2].mean.head, ms(40)) << "that of another cut";
}

TEST(BuildTable, AnAgreementStandsInEveryCellAndOneThatWasNotMeasuredInNone) {
  const table::PartitionTable table = built(samples());
  for (const table::Cell& cell : table.cells())
    for (std::size_t i = 0; i < kAgreements.size(); ++i) EXPECT_EQ(cell.estimates[i].agreement, kAgreements[i]);
}

TEST(BuildTable, BytesInAStreamStandInEveryCell) {
  journal::Measurements measured = holding(samples());
  measured.context.candidates[1].plan.codec = plan::Codec::q8;
  measured.context.sequence = "40 frames";
  measured.streams[1] = Bytes{20480};
  const auto table = build_table(measured, "2025-06-07T08:09:10Z");
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->origin().sequence, "40 frames");
  for (const table::Cell& cell : table->cells()) {
    EXPECT_EQ(cell.estimates[0].stream, std::nullopt);
    EXPECT_EQ(cell.estimates[1].stream, Bytes{20480});
  }
}

TEST(BuildTable, CellsKeepTheOrderOfTheCampaign) {
  const table::PartitionTable table = built(samples());
  ASSERT_EQ(table.cells().size(), 2u);
  EXPECT_EQ(table.cells()[0].asked, small_campaign().cells[0]);
  EXPECT_EQ(table.cells()[1].asked, small_campaign().cells[1]);
}

TEST(BuildTable, SlowdownsAreMediansOverTheCandidatesThatTell) {
  const table::PartitionTable table = built(samples());
  EXPECT_DOUBLE_EQ(table.cells()[0].seen.edge_slowdown.value(), 1);
  EXPECT_DOUBLE_EQ(table.cells()[0].seen.cloud_slowdown.value(), 1);
  // Heads: cut 1 33 over 11, edge-only 80 over 40; cut 0 has none. Median of 3 and 2.
  EXPECT_DOUBLE_EQ(table.cells()[1].seen.edge_slowdown.value(), 2.5);
  // Tails: 60 over 30 and 30 over 20; that of edge-only (ten times) runs on the edge. Median of 2 and 1.5.
  EXPECT_DOUBLE_EQ(table.cells()[1].seen.cloud_slowdown.value(), 1.75);
}

TEST(BuildTable, ASlowdownOfWhichNothingTellsIsAbsent) {
  auto without = samples();
  for (journal::Sample& s : without) s.terms.head = s.terms.tail = {};
  const table::PartitionTable table = built(without);
  EXPECT_FALSE(table.cells()[1].seen.edge_slowdown);
  EXPECT_FALSE(table.cells()[1].seen.cloud_slowdown);
}

TEST(BuildTable, ReadingsAreMediansOverTheSamplesThatHaveThem) {
  auto with = samples();
  with[0].seen.uplink = 40_Mbps;
  with[1].seen.uplink = 90_Mbps;
  with[2].seen.uplink = 50_Mbps;
  with[0].seen.rtt = ms(3);
  with[3].seen.rtt = ms(1);
  with[4].seen.edge_memory_free = 0.25;
  with[4].seen.edge_cpu_pressure = 0.5;
  with[4].seen.peer_up = true;
  const plan::Conditions seen = built(with).cells()[0].seen;
  EXPECT_EQ(seen.uplink, 50_Mbps);
  EXPECT_EQ(seen.rtt, ms(2));
  EXPECT_EQ(seen.edge_memory_free, 0.25);
  EXPECT_EQ(seen.edge_cpu_pressure, 0.5);
  EXPECT_FALSE(seen.peer_up);
  EXPECT_FALSE(built(with).cells()[1].seen.uplink);
}

TEST(BuildTable, ACellThatLacksACandidateIsLeftOut) {
  auto partial = samples();
  partial.pop_back();
  EXPECT_EQ(built(partial).cells().size(), 1u);
}

TEST(BuildTable, WithoutTheBaselineThereIsNoTable) {
  auto partial = samples();
  partial.erase(partial.begin() + 4, partial.begin() + 6);
  for (const auto& from : {partial, std::vector<journal::Sample>{}}) {
    const auto table = build_table(holding(from), "");
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().kind, ErrorKind::invalid);
    EXPECT_THAT(table.error().message, HasSubstr("the first cell (uplink 50 Mbit/s) does not have a sample"));
  }
}

TEST(BuildTable, ASampleThatDoesNotBelongIsRefused) {
  for (const journal::Sample& bad : {sample(9, 0, 0), sample(0, 9, 0), sample(0, 0, 9)}) {
    auto with = samples();
    with.push_back(bad);
    EXPECT_FALSE(build_table(holding(with), ""));
  }
}

TEST(BuildTable, IsTheSameEveryTimeAndSurvivesItsFile) {
  const table::PartitionTable table = built(samples());
  EXPECT_EQ(built(samples()), table);
  const auto back = table::parse_table(to_json(table));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, table);
}

}  // namespace
}  // namespace tideline::fit
