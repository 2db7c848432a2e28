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

Remaining urgent(Priority priority, int edge, int arrives = 0) {
  return {milliseconds(arrives), demand(edge, 0, 0), priority};
}

TEST(FlowLine, TheEdgeServesTheHighestPriorityOfThoseThatWait) {
  EXPECT_EQ(ends(FlowLine({}), {urgent(0, 10), urgent(9, 20), urgent(1, 30), urgent(9, 40)}),
            (std::vector<double>{10, 60, 40, 100}));
}

TEST(FlowLine, WhoHasTheSlotKeepsItThoughAHigherPriorityComes) {
  EXPECT_EQ(ends(FlowLine({}), {urgent(9, 50), urgent(9, 10, 20), urgent(1, 5, 30)}),
            (std::vector<double>{50, 65, 55}));
}

TEST(FlowLine, AFreeSlotDoesNotWaitForAHigherPriorityThatComesLater) {
  EXPECT_EQ(ends(FlowLine({.edge = 2}), {urgent(9, 30), urgent(9, 30, 10), urgent(1, 30, 20), urgent(9, 5, 15)}),
            (std::vector<double>{30, 40, 60, 45}));
}

TEST(FlowLine, WhatIsWeighedInSumsKeepsItsHighestPriority) {
  const std::vector<Remaining> sums = bounded({urgent(3, 1), urgent(5, 1), urgent(4, 1), urgent(7, 1)}, 1);
  ASSERT_EQ(sums.size(), 3u);
  EXPECT_EQ(sums.back().priority, 4u);
  EXPECT_EQ(sums.back().needs.edge, milliseconds(3));
}

}  // namespace
}  // namespace tideline::dispatch
