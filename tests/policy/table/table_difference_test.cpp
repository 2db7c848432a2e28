#include "policy/table/table_difference.h"

#include "tests/policy/tables.h"

#include <gtest/gtest.h>

namespace tideline::table {
namespace {

using fixtures::cell;
using fixtures::estimate;
using fixtures::made;
using fixtures::ms;
using fixtures::origin;
using fixtures::plan_at;

// The same table with an interval of so many milliseconds around every mean.
PartitionTable with_noise(const PartitionTable& table, std::int64_t half_width) {
  std::vector<Cell> cells(table.cells().begin(), table.cells().end());
  for (Cell& each : cells)
    for (Estimate& e : each.estimates) e.ci95 = fixtures::ms(half_width);
  return fixtures::made(cells);
}

PartitionTable two_cells(std::vector<Duration> calm, std::vector<Duration> loaded) {
  return fixtures::made({fixtures::cell({}, {}, std::move(calm)), cell({.edge_cpu = 1}, {}, std::move(loaded))});
}

TEST(TableDifference, ATableDiffersNotFromItself) {
  const auto table = two_cells({fixtures::ms(10), ms(20), ms(30)}, {ms(10), ms(20), ms(60)});
  const auto difference = difference_between(table, table);
  ASSERT_TRUE(difference) << difference.error().message;
  EXPECT_TRUE(difference->origin.empty() && difference->changes.empty() && difference->terms.empty());
  EXPECT_EQ(difference->common, 2u);
  EXPECT_EQ(difference->agreement(), 1);
  EXPECT_EQ(difference->agreement_within_noise(), 1);
  EXPECT_EQ(difference->worst_regret, 0);
}

TEST(TableDifference, AnotherBestPlanIsTold) {
  const auto first = two_cells({fixtures::ms(10), ms(20), ms(30)}, {ms(10), ms(20), ms(60)});
  const auto second = two_cells({ms(10), ms(20), ms(30)}, {ms(25), ms(20), ms(60)});
  const auto difference = difference_between(first, second);
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->agreement(), 0.5);
  ASSERT_EQ(difference->changes.size(), 1u);
  const BestChange& change = difference->changes[0];
  EXPECT_EQ(change.asked, (plan::Stress{.edge_cpu = 1}));
  EXPECT_EQ(change.first.plan, fixtures::plan_at(0));
  EXPECT_EQ(change.second.plan, fixtures::plan_at(1, plan::Codec::fp16));
  EXPECT_EQ(change.gap_in_first, ms(10));
  EXPECT_EQ(change.gap_in_second, ms(5));
  EXPECT_TRUE(change.beyond_noise());
  EXPECT_DOUBLE_EQ(difference->worst_regret, 0.25);
}

TEST(TableDifference, AChangeWithinTheIntervalsCountsAsAgreement) {
  const auto first = two_cells({fixtures::ms(10), ms(20), ms(30)}, {ms(19), ms(20), ms(60)});
  const auto second = two_cells({ms(10), ms(20), ms(30)}, {ms(21), ms(20), ms(60)});
  // The gaps are 1 and 1 ms, together 2; four half widths of 1 ms make one of 2 in quadrature.
  for (const auto& [noise, agreement] : {std::pair(0, 0.5), std::pair(1, 1.0), std::pair(2, 1.0)}) {
    const auto difference = difference_between(with_noise(first, noise), with_noise(second, noise));
    ASSERT_TRUE(difference);
    EXPECT_EQ(difference->agreement(), 0.5);
    EXPECT_EQ(difference->agreement_within_noise(), agreement) << noise << " ms";
  }
}

TEST(TableDifference, ANoiseFloorWidensTheIntervals) {
  const auto first = two_cells({fixtures::ms(10), ms(20), ms(30)}, {ms(19), ms(20), ms(60)});
  const auto second = two_cells({ms(10), ms(20), ms(30)}, {ms(21), ms(20), ms(60)});
  EXPECT_EQ(difference_between(first, second, 0.01)->agreement_within_noise(), 0.5);
  EXPECT_EQ(difference_between(first, second, 0.1)->agreement_within_noise(), 1);
}

TEST(TableDifference, TermsStandLargestChangeFirst) {
  const auto first = two_cells({fixtures::ms(10), ms(20), ms(30)}, {ms(10), ms(20), ms(60)});
  const auto second = two_cells({ms(11), ms(20), ms(30)}, {ms(10), ms(13), ms(62)});
  const auto difference = difference_between(first, second);
  ASSERT_TRUE(difference);
  ASSERT_EQ(difference->terms.size(), 3u);
  EXPECT_EQ(difference->terms[0].plan, fixtures::plan_at(1, plan::Codec::fp16));
  EXPECT_EQ(difference->terms[0].term, "network");
  EXPECT_EQ(difference->terms[0].change(), -ms(7));
  EXPECT_EQ(difference->terms[1].change(), ms(2));
  EXPECT_EQ(difference->terms[2].change(), ms(1));
}

TEST(TableDifference, CellsAndPlansOfOneTableAloneAreNamedAndNotCompared) {
  const auto first = fixtures::made(
      {fixtures::cell({}, {}, {fixtures::ms(10), ms(20), ms(30)}), cell({.edge_cpu = 1}, {}, {ms(1), ms(2), ms(3)})});
  // Of this one the fastest plan is not in the first: the fastest in common is.
  auto other = cell({}, {}, {ms(10), ms(20), ms(30)});
  other.estimates.push_back(fixtures::estimate(fixtures::plan_at(1, plan::Codec::q16), ms(5)));
  auto delayed = cell({.delay = ms(40)}, {}, {ms(50), ms(60), ms(30)});
  delayed.estimates.push_back(estimate(fixtures::plan_at(1, plan::Codec::q16), ms(5)));
  const auto second = made({other, delayed});
  const auto difference = difference_between(first, second);
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->only_in_first, std::vector<plan::Stress>{{.edge_cpu = 1}});
  EXPECT_EQ(difference->only_in_second, std::vector<plan::Stress>{{.delay = ms(40)}});
  EXPECT_EQ(difference->plans_only_in_second, std::vector<plan::Plan>{plan_at(1, plan::Codec::q16)});
  EXPECT_TRUE(difference->plans_only_in_first.empty());
  EXPECT_EQ(difference->common, 1u);
  EXPECT_EQ(difference->agreement(), 1);
}

TEST(TableDifference, OriginsAndMachinesAreCompared) {
  auto changed = fixtures::origin();
  changed.method = "separable";
  changed.edge["cores"] = "8";
  changed.cloud.clear();
  changed.precisions.edge = Precision::fp32;
  const std::vector<Cell> cells{fixtures::cell({}, {}, {fixtures::ms(10), ms(20), ms(30)})};
  const auto difference = difference_between(fixtures::made(cells), *PartitionTable::make(changed, cells));
  ASSERT_TRUE(difference);
  std::string told;
  for (const auto& each : difference->origin) told += each.what + " " + each.first + ">" + each.second + "; ";
  EXPECT_EQ(told, "method exhaustive>separable; edge.cores 4>8; cloud.cores 32>; edge precision bf16>fp32; ");
}

TEST(TableDifference, BytesInAStreamAreCompared) {
  auto from = fixtures::origin();
  std::vector<Cell> cells{fixtures::cell({}, {}, {fixtures::ms(10), ms(20), ms(30)})};
  cells[0].estimates[0].plan.codec = plan::Codec::q8;
  cells[0].estimates[1].plan.codec = plan::Codec::q8;
  const auto table = [&](const std::string& sequence, std::optional<Bytes> at_0, std::optional<Bytes> at_1) {
    from.sequence = sequence;
    cells[0].estimates[0].stream = at_0;
    cells[0].estimates[1].stream = at_1;
    return *PartitionTable::make(from, cells);
  };
  const auto first = table("40 frames", Bytes{700}, Bytes{500}), second = table("50 frames", Bytes{700}, Bytes{400});
  EXPECT_TRUE(difference_between(first, first)->streams.empty());
  const auto difference = difference_between(first, second);
  ASSERT_EQ(difference->origin.size(), 1u);
  EXPECT_EQ(difference->origin[0].what, "sequence");
  EXPECT_EQ(difference->origin[0].second, "50 frames");
  ASSERT_EQ(difference->streams.size(), 1u) << "700 bytes are the same in both";
  EXPECT_EQ(difference->streams[0].plan, plan_at(1, plan::Codec::q8));
  EXPECT_EQ(difference->streams[0].first, Bytes{500});
  EXPECT_EQ(difference->streams[0].second, Bytes{400});
  const auto without = difference_between(first, table("", std::nullopt, std::nullopt));
  ASSERT_EQ(without->streams.size(), 2u);
  EXPECT_EQ(without->streams[0].first, Bytes{700});
  EXPECT_EQ(without->streams[0].second, std::nullopt);
}

TEST(TableDifference, TablesThatCannotBeComparedAreRefused) {
  const std::vector<Cell> cells{fixtures::cell({}, {}, {fixtures::ms(10), ms(20), ms(30)})};
  auto other = fixtures::origin();
  other.model[0] = '0';
  auto others = cells;
  for (Estimate& e : others[0].estimates) e.plan.model = other.model;
  const auto models = difference_between(fixtures::made(cells), *PartitionTable::make(other, others));
  ASSERT_FALSE(models);
  EXPECT_EQ(models.error().kind, ErrorKind::invalid);
  EXPECT_NE(models.error().message.find("9f86d081884c"), std::string::npos) << models.error().message;
  auto apart = cells, rest = cells;
  apart[0].estimates.resize(1);
  rest[0].estimates.erase(rest[0].estimates.begin());
  EXPECT_FALSE(difference_between(made(apart), made(rest)));
}

}  // namespace
}  // namespace tideline::table
