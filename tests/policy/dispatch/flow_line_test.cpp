#include "policy/dispatch/flow_line.h"

#include <gtest/gtest.h>

#include <vector>

namespace tideline::dispatch {
namespace {

using std::chrono::milliseconds;

std::vector<double> ends(FlowLine line, const std::vector<Remaining>& requests) {
  std::vector<double> ms;
  for (const Duration end : line.ends(requests)) ms.push_back(tideline::milliseconds(end));
  return ms;
}

Demand demand(int edge, int uplink, int cloud, int rest = 0, int queue = 0) {
  return {milliseconds(edge), milliseconds(uplink), milliseconds(queue), milliseconds(cloud), milliseconds(rest)};
}

TEST(FlowLine, OneRequestTakesTheSumOfItsParts) {
  EXPECT_EQ(ends(FlowLine({}), {{.needs = demand(10, 20, 30, 5, 7)}}), std::vector<double>{72});
}

TEST(FlowLine, RequestsWaitForOneAnotherAtEachStage) {
  EXPECT_EQ(ends(FlowLine({}), {{.needs = demand(10, 20, 5)}, {.needs = demand(10, 20, 5)}}),
            (std::vector<double>{35, 55}));
}

TEST(FlowLine, WhatNeedsNothingOfAStagePassesThoseThatWaitThere) {
  EXPECT_EQ(ends(FlowLine({}), {{.needs = demand(50, 10, 0)}, {.needs = demand(0, 10, 0)}}),
            (std::vector<double>{60, 10}));
}

TEST(FlowLine, SlotsComputeSideBySide) {
  const std::vector<Remaining> three(3, {.needs = demand(10, 0, 10)});
  EXPECT_EQ(ends(FlowLine({.edge = 2, .cloud = 1}), three), (std::vector<double>{20, 30, 40}));
}

TEST(FlowLine, ALaterRequestWaitsOnlyForWhatIsLeft) {
  EXPECT_EQ(ends(FlowLine({}), {{.needs = demand(30, 0, 0)}, {milliseconds(20), demand(30, 0, 0)}}),
            (std::vector<double>{30, 60}));
}

TEST(FlowLine, AQueueOfOthersInTheCloudIsNotAddedToOnesOwn) {
  EXPECT_EQ(ends(FlowLine({}), {{.needs = demand(0, 0, 50)}, {.needs = demand(0, 0, 10, 0, 40)}}),
            (std::vector<double>{50, 60}));
}

}  // namespace
}  // namespace tideline::dispatch
