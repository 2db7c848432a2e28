#include "policy/predict/calibration.h"

#include "tests/policy/measured.h"

#include <gtest/gtest.h>

namespace tideline::predict {
namespace {

using namespace tideline::fixtures;

// The edge under a load that slows it by `slowdown`: and by which the network waits `more`.
table::Cell loaded(double mbps, double slowdown, Duration more) {
  table::Cell cell = measured(mbps, ms(20), ms(5) + more);
  cell.seen.edge_slowdown = slowdown;
  return cell;
}

std::shared_ptr<const table::PartitionTable> with_loads() {
  table::Cell first = measured(100, ms(20), ms(5));
  first.seen.edge_slowdown = 1;
  return small_table({first, loaded(100, 2, ms(10)), loaded(20, 3, ms(20))});
}

TEST(Calibration, FindsWhatTheNetworkTakesBeyondWireAndRoundTrip) {
  for (const double slower : {1.0, 1.15}) {
    std::vector<table::Cell> cells;
    for (const double mbps : {200.0, 20.0, 2.0}) cells.push_back(measured(mbps, ms(20), ms(5), slower));
    const auto known = small_table(std::move(cells));
    EXPECT_NEAR(wire_slower(*known), slower, 0.01);
    const auto overheads = network_overheads(*known, wire_slower(*known));
    EXPECT_NEAR(milliseconds(overheads[0]), 5, 0.5);
    EXPECT_NEAR(milliseconds(overheads[1]), 5, 0.5);
    EXPECT_EQ(overheads[2], Duration{});
  }
}

TEST(Calibration, ACellThatWentWrongDoesNotSpoilTheRest) {
  std::vector<table::Cell> cells;
  for (const double mbps : {200.0, 100.0, 90.0, 80.0, 70.0}) cells.push_back(measured(mbps, ms(20), ms(5)));
  for (table::Estimate& e : cells[2].estimates) e.mean.network += std::chrono::seconds(3);
  const auto known = small_table(std::move(cells));
  EXPECT_NEAR(milliseconds(network_overheads(*known, wire_slower(*known))[0]), 5, 0.5);
}

TEST(Calibration, ALoadMakesSendingWaitToo) {
  const auto known = with_loads();
  EXPECT_NEAR(milliseconds(network_overheads(*known, 1)[0]), 5, 0.1) << "by the cells without a load";
  const EdgeLoad load = edge_load(*known, 1);
  EXPECT_NEAR(milliseconds(load.more(2)), 10, 0.2);
  EXPECT_NEAR(milliseconds(load.more(3)), 20, 0.4);
  EXPECT_EQ(load.more(30), load.more(3)) << "nothing more was measured";
  EXPECT_EQ(load.more(0.8), Duration{});
  EXPECT_EQ(edge_load(*small_table({measured(100, ms(20), ms(5))}), 1).network, Duration{});
}

TEST(Calibration, TheShortestHeadThatTellsIsRehearsed) {
  const auto known = with_loads();
  EXPECT_EQ(rehearsed(*known, 2), 1u);
  EXPECT_EQ(rehearsed(*known, 0), std::nullopt) << "cut 0 has no head";
}

}  // namespace
}  // namespace tideline::predict
