#include "policy/dispatch/flow_line.h"

#include "policy/dispatch/edge_work.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>
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

// Each takes 10 ms of the edge and occupies it for 40.
TEST(FlowLine, ARequestBeginsOnceTheEdgeOwesLittleEnough) {
  const Remaining one{.needs = {.edge = milliseconds(10), .occupies = milliseconds(40)}};
  EXPECT_EQ(ends(FlowLine({}), {one, one, one}), (std::vector<double>{10, 50, 90}));
  EXPECT_EQ(ends(FlowLine({}, milliseconds(50)), {one, one, one, one}), (std::vector<double>{10, 20, 40, 80}));
  const Remaining owed{.needs = {.occupies = milliseconds(70)}, .runs = true};
  EXPECT_EQ(ends(FlowLine({}, milliseconds(50)), {owed, one}), (std::vector<double>{0, 30}));
  const Remaining sent{.needs = {.uplink = milliseconds(5), .occupies = milliseconds(8)}};
  EXPECT_EQ(ends(FlowLine({}), {owed, sent}), (std::vector<double>{0, 75})) << "the edge stands still";
  EXPECT_EQ(ends(FlowLine({.edge = 2}), {one, one, one}), (std::vector<double>{10, 30, 50}));
}

Remaining urgent(Priority priority, int edge, int arrives = 0) {
  return {milliseconds(arrives), demand(edge, 0, 0), priority};
}

TEST(FlowLine, TheEdgeServesTheHighestPriorityOfThoseThatWait) {
  const Remaining running{{}, demand(10, 0, 0), 9, true};
  EXPECT_EQ(ends(FlowLine({}), {running, urgent(9, 20), urgent(1, 30), urgent(9, 40)}),
            (std::vector<double>{10, 60, 40, 100}));
}

TEST(FlowLine, TheCloudServesTheHighestPriorityOfThoseThatWait) {
  const auto tail = [](Priority priority, int cloud, int uplink = 0) {
    return Remaining{{}, demand(0, uplink, cloud), priority};
  };
  const Remaining running{{}, demand(0, 0, 10), 9, true};
  EXPECT_EQ(ends(FlowLine({}), {running, tail(9, 20), tail(1, 30), tail(9, 40)}),
            (std::vector<double>{10, 60, 40, 100}));
  EXPECT_EQ(ends(FlowLine({}), {tail(9, 50, 5), tail(9, 10, 5), tail(1, 5, 5)}), (std::vector<double>{55, 70, 60}))
      << "a tail that runs is not stopped, and the uplink knows no priority";
}

TEST(FlowLine, WhoRunsAtTheEdgeWaitsInTheCloudByItsPriority) {
  const Remaining running{{}, demand(10, 0, 20), 9, true};
  const Remaining sent{{}, demand(0, 0, 15), 9};
  const Remaining urgent{milliseconds(5), demand(0, 0, 40), 1};
  EXPECT_EQ(ends(FlowLine({}), {sent, running, urgent}), (std::vector<double>{15, 75, 55}));
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

// A server that computes at full speed until it has used `share` of a period of 100 ms, and stands still until the next
// one.
class UnderQuota {
 public:
  explicit UnderQuota(double share) : share_(share) {}

  // Returns when a request ends that comes at `at` and computes so long; all in seconds.
  double serve(double at, double computes) {
    for (double now = std::max(at, free_);;) {
      const double period = std::floor(now / kPeriod + 1e-9), next = (period + 1) * kPeriod;
      if (std::exchange(period_, period) != period) used_ = 0;
      const double left = std::min(share_ * kPeriod - used_, next - now);
      used_ += std::min(left, computes);
      if (computes <= left) return free_ = now + computes;
      computes -= left;
      now = next;
    }
  }

 private:
  static constexpr double kPeriod = 0.1;
  double share_, free_ = 0, period_ = -1, used_ = 0;
};

// Requests come at random times (Poisson).
TEST(FlowLine, ComesNearTheMeanOfAServerUnderAQuota) {
  for (const double share : {0.1, 0.25, 0.5})
    for (const double load : {0.3, 0.6, 0.8}) {
      const double computes = 0.04 * share;
      UnderQuota server(share);
      const WorkSeen work{.cores = share};
      std::mt19937_64 random(1);
      std::vector<Remaining> requests;
      double at = 0, exact = 0;
      for (int i = 0; i < 4000; ++i) {
        at -= std::log(1 - static_cast<double>(random() >> 11) * 0x1p-53) * computes / (load * share);
        exact += server.serve(at, computes) - at;
        requests.push_back(
            {from_seconds(at), {.edge = from_seconds(computes), .occupies = work.occupies(from_seconds(computes), 1)}});
      }
      const auto predicted = [&](Duration ahead) {
        double sum = 0;
        FlowLine line({}, ahead);
        const auto ends = line.ends(requests);
        for (std::size_t i = 0; i < requests.size(); ++i) sum += seconds(ends[i] - requests[i].arrives);
        return sum;
      };
      EXPECT_NEAR(predicted(work.ahead(1)) / exact, 1, 0.2) << share << " of a core, load " << load;
      EXPECT_GT(predicted({}) / exact, 1.15) << "by the long run alone";
    }
}

}  // namespace
}  // namespace tideline::dispatch
