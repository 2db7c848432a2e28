#include "policy/table/table.h"

#include "tests/policy/tables.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace tideline::table {
namespace {

using ::testing::HasSubstr;
using namespace tideline::fixtures;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

plan::Conditions uplink(double mbps) {
  plan::Conditions c;
  c.uplink = BitsPerSecond{mbps * 1e6};
  return c;
}

std::vector<Cell> two_cells() {
  return {cell({50_Mbps}, uplink(50), {ms(10), ms(20), ms(30)}), cell({2_Mbps}, uplink(2), {ms(200), ms(90), ms(30)})};
}

std::string refusal_of(std::vector<Cell> cells, PartitionTable::Origin from = origin()) {
  const auto table = PartitionTable::make(std::move(from), std::move(cells));
  if (table) return "accepted";
  EXPECT_EQ(table.error().kind, ErrorKind::invalid);
  return table.error().message;
}

TEST(PartitionTable, IsMadeOfCellsWithTheSamePlans) {
  const PartitionTable table = made(two_cells());
  EXPECT_EQ(table.cells().size(), 2u);
  EXPECT_EQ(table.unstressed().asked.uplink, 50_Mbps);
  EXPECT_EQ(table.edge_only(), plan_at(2));
}

TEST(PartitionTable, IsNeverEmpty) {
  EXPECT_THAT(refusal_of({}), HasSubstr("cells: no cells"));
  auto cells = two_cells();
  for (Cell& c : cells) c.estimates.clear();
  EXPECT_THAT(refusal_of(cells), HasSubstr("cells[0].estimates: no estimates"));
}

TEST(PartitionTable, NamesItsModel) {
  auto from = origin();
  from.model.clear();
  EXPECT_THAT(refusal_of(two_cells(), from), HasSubstr("model.digest"));
  for (const std::uint32_t cuts : {0u, 1u, 4'000'000'000u}) {
    from = origin();
    from.cuts = cuts;
    EXPECT_THAT(refusal_of(two_cells(), from), HasSubstr("model.cuts"));
  }
}

TEST(PartitionTable, RefusesAPlanOfAnotherModel) {
  auto cells = two_cells();
  cells[1].estimates[1].plan.model = "other";
  EXPECT_THAT(refusal_of(cells), HasSubstr("cells[1].estimates[1].model"));
}

TEST(PartitionTable, RefusesACutThatTheModelDoesNotHave) {
  auto cells = two_cells();
  cells[0].estimates[0].plan.cut = kCuts;
  EXPECT_THAT(refusal_of(cells), HasSubstr("cells[0].estimates[0].cut: 3 is not a cut; the model has cuts 0 to 2"));
}

TEST(PartitionTable, RefusesANumberThatIsNoCodec) {
  auto cells = two_cells();
  for (Cell& c : cells) c.estimates[0].plan.codec = static_cast<plan::Codec>(200);
  EXPECT_THAT(refusal_of(cells), HasSubstr("cells[0].estimates[0].codec: 200"));
}

TEST(PartitionTable, RefusesCellsWhosePlansDiffer) {
  auto cells = two_cells();
  std::swap(cells[1].estimates[0], cells[1].estimates[1]);
  EXPECT_THAT(refusal_of(cells), HasSubstr("cells[1].estimates[0]: not the plan that the first cell has there"));
  cells = two_cells();
  cells[1].estimates.pop_back();
  EXPECT_THAT(refusal_of(cells), HasSubstr("cells[1].estimates: 2 plans where the first cell has 3"));
}

TEST(PartitionTable, RefusesAPlanThatStandsThereTwice) {
  auto cells = two_cells();
  for (Cell& c : cells) c.estimates[1] = c.estimates[0];
  EXPECT_THAT(refusal_of(cells), HasSubstr("cells[0].estimates[1]: duplicate plan"));
}

TEST(PartitionTable, IsWithoutAnEdgeOnlyPlanWhereTheEdgeCouldNotServeAlone) {
  auto cells = two_cells();
  for (Cell& c : cells) c.estimates.pop_back();
  const PartitionTable table = made(cells);
  EXPECT_EQ(table.unstressed().find(table.edge_only()), nullptr);
}

TEST(PartitionTable, RefusesTimesThatCannotBe) {
  for (const Duration bad : {Duration(-1), Duration::max(), Duration::min()}) {
    for (Duration Terms::* term : {&Terms::head, &Terms::encode, &Terms::network, &Terms::queue, &Terms::tail}) {
      auto cells = two_cells();
      cells[0].estimates[1].mean.*term = bad;
      EXPECT_THAT(refusal_of(cells), HasSubstr("cells[0].estimates[1].mean."));
    }
    auto cells = two_cells();
    cells[0].estimates[0].p95 = bad;
    EXPECT_THAT(refusal_of(cells), HasSubstr("cells[0].estimates[0].p95_ns"));
    cells = two_cells();
    cells[0].estimates[0].ci95 = bad;
    EXPECT_THAT(refusal_of(cells), HasSubstr("cells[0].estimates[0].ci95_ns"));
  }
}

TEST(PartitionTable, RefusesAnEstimateWithoutSamplesOrWithAnAbsurdSize) {
  auto cells = two_cells();
  cells[0].estimates[2].samples = 0;
  EXPECT_THAT(refusal_of(cells), HasSubstr("cells[0].estimates[2].samples: 0 is too few"));
  cells = two_cells();
  cells[0].estimates[2].wire.count = std::numeric_limits<std::uint64_t>::max();
  EXPECT_THAT(refusal_of(cells), HasSubstr("cells[0].estimates[2].wire_bytes"));
}

TEST(PartitionTable, RefusesConditionsThatCannotBe) {
  for (const double bad : {-0.1, 1.1, kNan}) {
    auto cells = two_cells();
    cells[1].asked.cloud_memory = bad;
    EXPECT_THAT(refusal_of(cells), HasSubstr("cells[1].asked.cloud_memory"));
    cells = two_cells();
    cells[1].seen.edge_memory_free = bad;
    EXPECT_THAT(refusal_of(cells), HasSubstr("cells[1].seen.edge_memory_free"));
  }
  for (const double bad : {0.0, -5.0, kNan, std::numeric_limits<double>::infinity()}) {
    auto cells = two_cells();
    cells[1].asked.uplink = BitsPerSecond{bad};
    EXPECT_THAT(refusal_of(cells), HasSubstr("cells[1].asked.uplink_bps"));
    cells = two_cells();
    cells[1].seen.edge_slowdown = bad;
    EXPECT_THAT(refusal_of(cells), HasSubstr("cells[1].seen.edge_slowdown"));
  }
}

TEST(Cell, FindsItsEstimatesByPlan) {
  const Cell c = cell({}, {}, {ms(1), ms(2), ms(3)});
  ASSERT_NE(c.find(plan_at(1, plan::Codec::fp16)), nullptr);
  EXPECT_EQ(c.find(plan_at(1, plan::Codec::fp16))->mean.total(), ms(2));
  EXPECT_EQ(c.find(plan_at(1, plan::Codec::fp32)), nullptr);
  EXPECT_EQ(c.find({"other", 0, plan::Codec::fp32}), nullptr);
}

TEST(Cell, BestIsTheSmallestTotalAmongTheAllowed) {
  const Cell c = cell({}, {}, {ms(3), ms(1), ms(2)});
  EXPECT_EQ(c.best([](const plan::Plan&) { return true; })->plan.cut, 1u);
  EXPECT_EQ(c.best([](const plan::Plan& p) { return p.cut != 1; })->plan.cut, 2u);
  EXPECT_EQ(c.best([](const plan::Plan&) { return false; }), nullptr);
}

TEST(Stress, ReadsAsAPhrase) {
  EXPECT_EQ(to_string(plan::Stress{}), "unstressed");
  EXPECT_EQ(to_string(plan::Stress{10_Mbps, 0.5, 0, 0, 0}), "uplink 10 Mbit/s, edge cpu 50 %");
  EXPECT_EQ(to_string(plan::Stress{10_Mbps, 0, 0, 0, 0, ms(20)}), "uplink 10 Mbit/s, delay 20 ms");
  EXPECT_EQ(to_string(plan::Stress{std::nullopt, 0, 1, 0.25, 1}),
            "edge memory 100 %, cloud cpu 25 %, cloud memory 100 %");
}

// --- nearest() -----------------------------------------------------------------------------------

TEST(Nearest, ComparesUplinksAsLogarithms) {
  const PartitionTable table = made(two_cells());
  // The middle between 50 and 2 is 10 as a logarithm; linearly it would be 26.
  EXPECT_EQ(table.nearest(uplink(10.1)).asked.uplink, 50_Mbps);
  EXPECT_EQ(table.nearest(uplink(9.9)).asked.uplink, 2_Mbps);
  EXPECT_EQ(table.nearest(uplink(1e6)).asked.uplink, 50_Mbps);
}

TEST(Nearest, AddsTheSquaresOfAllReadings) {
  // From (uplink e, slowdown e, memory 0.5), with e as unit of logarithms:
  // cell 0 at (1, e, 0.5) is 1 away; cell 1 at (e, e^0.7, 1.0) is 0.3^2 + 0.5^2 = 0.34 away; cell 2 at
  // (e^1.4, e, 0.1) is 0.4^2 + 0.4^2 = 0.32 away.
  const double e = std::exp(1.0);
  const auto at = [](double rate, double slowdown, double memory) {
    plan::Conditions c;
    c.uplink = BitsPerSecond{rate};
    c.edge_slowdown = slowdown;
    c.edge_memory_free = memory;
    return c;
  };
  const PartitionTable table =
      made({cell({}, at(1, e, 0.5), {ms(1), ms(1), ms(1)}), cell({}, at(e, std::exp(0.7), 1), {ms(2), ms(2), ms(2)}),
            cell({}, at(std::exp(1.4), e, 0.1), {ms(3), ms(3), ms(3)})});
  EXPECT_EQ(&table.nearest(at(e, e, 0.5)), &table.cells()[2]);
  EXPECT_EQ(&table.nearest(at(e, e, 0.6)), &table.cells()[1]);  // 0.09 + 0.16 against 0.16 + 0.25.
}

TEST(Nearest, ALongRoundTripCountsAndAShortOneDoesNot) {
  plan::Conditions near = uplink(10), far = uplink(11);
  near.rtt = ms(1);
  far.rtt = ms(100);
  const PartitionTable table = made({cell({}, near, {ms(1), ms(1), ms(1)}), cell({}, far, {ms(2), ms(2), ms(2)})});
  plan::Conditions now = uplink(11);
  now.rtt = ms(3);
  EXPECT_EQ(&table.nearest(now), &table.cells()[0]) << "not by a millisecond or two";
  now.rtt = ms(60);
  EXPECT_EQ(&table.nearest(now), &table.cells()[1]);
}

TEST(Nearest, CloudSlowdownCounts) {
  plan::Conditions calm = uplink(10), loaded = uplink(10);
  calm.cloud_slowdown = 1;
  loaded.cloud_slowdown = 4;
  const PartitionTable table = made({cell({}, calm, {ms(1), ms(1), ms(1)}), cell({}, loaded, {ms(2), ms(2), ms(2)})});
  plan::Conditions now = uplink(10);
  now.cloud_slowdown = 3;
  EXPECT_EQ(&table.nearest(now), &table.cells()[1]);
}

TEST(Nearest, AReadingThatEitherLacksDoesNotCount) {
  plan::Conditions slow = uplink(50);
  slow.edge_slowdown = 8;
  const PartitionTable table =
      made({cell({}, slow, {ms(1), ms(1), ms(1)}), cell({}, uplink(10), {ms(2), ms(2), ms(2)})});
  EXPECT_EQ(&table.nearest(uplink(49)), &table.cells()[0]);
  plan::Conditions now = uplink(50);
  now.edge_slowdown = 1;  // ln(8)^2 = 4.3 to cell 0, ln(5)^2 = 2.6 to cell 1, which has no such reading.
  EXPECT_EQ(&table.nearest(now), &table.cells()[1]);
}

TEST(Nearest, WithoutAnyReadingItIsTheFirstCell) {
  const PartitionTable table = made(two_cells());
  EXPECT_EQ(&table.nearest({}), &table.unstressed());
}

TEST(Nearest, TiesGoToTheEarlierCell) {
  const PartitionTable table =
      made({cell({}, uplink(1), {ms(9), ms(9), ms(9)}), cell({}, uplink(10), {ms(1), ms(1), ms(1)}),
            cell({}, uplink(10), {ms(2), ms(2), ms(2)})});
  EXPECT_EQ(&table.nearest(uplink(10)), &table.cells()[1]);
}

TEST(Nearest, AReadingThatMakesNoSenseDoesNotCount) {
  const PartitionTable table = made(two_cells());
  for (const double bad : {0.0, -1.0, kNan, std::numeric_limits<double>::infinity()}) {
    plan::Conditions now;
    now.uplink = BitsPerSecond{bad};
    now.edge_memory_free = kNan;
    EXPECT_EQ(&table.nearest(now), &table.unstressed());
  }
}

}  // namespace
}  // namespace tideline::table
