#include "policy/predict/prediction.h"

#include <gtest/gtest.h>

namespace tideline::predict {
namespace {

TEST(Prediction, WithoutReadingsTheCellStaysAsItWasMeasured) {
  table::Cell cell;
  cell.estimates = {{.plan = {"m", 1, plan::Codec::fp32}}, {.plan = {"m", 2, plan::Codec::fp32}}};
  EXPECT_EQ(predicted(cell, {{}, {}}, 2), cell);
}

TEST(Prediction, AWindowThatHasClosedCostsRoundTripsByTheBytesThatCross) {
  table::Cell cell;
  cell.estimates = {{.plan = {"m", 0, plan::Codec::fp32}, .wire = {150'000}},
                    {.plan = {"m", 1, plan::Codec::fp32}, .wire = {4'000}}};
  const plan::Conditions now{.uplink = 1000_Mbps, .rtt = std::chrono::milliseconds(30), .uplink_window = Bytes{14'600}};
  const table::Cell closed = predicted(cell, {now, {}}, 2);
  EXPECT_EQ(closed.estimates[0].mean.network, std::chrono::milliseconds(90));
  EXPECT_EQ(closed.estimates[1], cell.estimates[1]);
}

TEST(Prediction, AStallIsAddedToEveryPlanThatSendsSomethingAndToNoOther) {
  table::Cell cell;
  cell.estimates = {{.plan = {"m", 0, plan::Codec::fp32}, .mean = {.network = std::chrono::milliseconds(20)}},
                    {.plan = {"m", 2, plan::Codec::fp32}, .mean = {.head = std::chrono::milliseconds(90)}}};
  plan::Conditions now;
  now.uplink_stalled = std::chrono::milliseconds(400);
  const table::Cell dark = predicted(cell, {now, {}}, 2);
  EXPECT_EQ(dark.estimates[0].mean.network, std::chrono::milliseconds(420));
  EXPECT_EQ(dark.estimates[0].p95, std::chrono::milliseconds(400));
  EXPECT_EQ(dark.estimates[1], cell.estimates[1]);
}

TEST(Prediction, BytesThatAreSentBeyondTheTablesTakeTimeAtTheRateOfNow) {
  table::Cell cell;
  cell.estimates = {{.plan = {"m", 0, plan::Codec::jpeg95},
                     .wire = {125'000},
                     .mean = {.network = std::chrono::milliseconds(120)},
                     .p95 = std::chrono::milliseconds(130)}};
  plan::Conditions now;
  now.uplink = 10_Mbps;
  const auto at = [&](double ratio) {
    const WireRatios ratios{.plans = {}, .families = {{WireFamily::jpeg, {ratio, 0}}}};
    return predicted(cell, {now, ratios}, 2).estimates[0];
  };
  EXPECT_EQ(at(2).mean.network, std::chrono::milliseconds(220));
  EXPECT_EQ(at(2).p95, std::chrono::milliseconds(230));
  EXPECT_EQ(at(2).wire, Bytes{250'000});
  EXPECT_EQ(at(0.2).mean.network, std::chrono::milliseconds(40));
}

TEST(RemainingTime, IsTheCloudsPartOrTheTailOnTheEdge) {
  using namespace std::chrono_literals;
  const plan::Plan split{"m", 1, plan::Codec::fp32}, edge_only{"m", 2, plan::Codec::fp32};
  table::Cell cell;
  cell.estimates = {{.plan = split, .mean = {.head = 30ms, .encode = 1ms, .network = 20ms, .queue = 2ms, .tail = 5ms}},
                    {.plan = edge_only, .mean = {.head = 100ms}}};
  EXPECT_EQ(remaining_time(split, cell, edge_only), (RemainingTime{27ms, 70ms}));
  EXPECT_EQ(remaining_time(edge_only, cell, edge_only), std::nullopt);
  EXPECT_EQ(remaining_time({"m", 0, plan::Codec::fp32}, cell, edge_only), std::nullopt);
}

}  // namespace
}  // namespace tideline::predict
