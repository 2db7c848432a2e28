#include "policy/prediction.h"

#include <gtest/gtest.h>

namespace tideline {
namespace {

TEST(Prediction, WithoutReadingsTheCellStaysAsItWasMeasured) {
  Cell cell;
  cell.estimates = {{.plan = {"m", 1, Codec::fp32}}, {.plan = {"m", 2, Codec::fp32}}};
  EXPECT_EQ(predicted(cell, {}, 2), cell);
}

TEST(Prediction, AWindowThatHasClosedCostsRoundTripsByTheBytesThatCross) {
  Cell cell;
  cell.estimates = {{.plan = {"m", 0, Codec::fp32}, .wire = {150'000}},
                    {.plan = {"m", 1, Codec::fp32}, .wire = {4'000}}};
  const Conditions now{.uplink = 1000_Mbps, .rtt = std::chrono::milliseconds(30), .uplink_window = Bytes{14'600}};
  const Cell closed = predicted(cell, now, 2);
  EXPECT_EQ(closed.estimates[0].mean.network, std::chrono::milliseconds(90));
  EXPECT_EQ(closed.estimates[1], cell.estimates[1]);
}

TEST(Prediction, AStallIsAddedToEveryPlanThatSendsSomethingAndToNoOther) {
  Cell cell;
  cell.estimates = {{.plan = {"m", 0, Codec::fp32}, .mean = {.network = std::chrono::milliseconds(20)}},
                    {.plan = {"m", 2, Codec::fp32}, .mean = {.head = std::chrono::milliseconds(90)}}};
  Conditions now;
  now.uplink_stalled = std::chrono::milliseconds(400);
  const Cell dark = predicted(cell, now, 2);
  EXPECT_EQ(dark.estimates[0].mean.network, std::chrono::milliseconds(420));
  EXPECT_EQ(dark.estimates[0].p95, std::chrono::milliseconds(400));
  EXPECT_EQ(dark.estimates[1], cell.estimates[1]);
}

}  // namespace
}  // namespace tideline
