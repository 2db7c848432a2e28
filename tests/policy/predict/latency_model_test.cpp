#include "policy/predict/latency_model.h"

#include "tests/policy/measured.h"

#include <gmock/gmock.h>

#include <random>

namespace tideline::predict {
namespace {

using namespace tideline::fixtures;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

plan::Conditions all_known() {
  return {.uplink = 10_Mbps, .rtt = ms(30), .edge_slowdown = 2.0, .cloud_slowdown = 3.0};
}

TEST(Additive, SumsTheTermsByHand) {
  const LatencyModel model(small_table({measured(100, ms(20), ms(3))}));
  const Predictions predicted = model.predict(all_known());
  const PredictedTerms& cut1 = predicted.plans[1].mean;
  EXPECT_EQ(cut1.head, ms(80));
  EXPECT_EQ(cut1.encode, ms(2));
  EXPECT_EQ(cut1.upload, ms(200)) << "250 kB at 10 Mbit/s";
  EXPECT_NEAR(milliseconds(cut1.round_trip), 33, 1e-3)
      << "30 ms of now, and 3 ms that the network took beyond wire and round trip";
  EXPECT_EQ(cut1.queue, ms(2));
  EXPECT_EQ(cut1.tail, ms(18));
  EXPECT_EQ(predicted.plans[1].local, ms(120)) << "what is left of 200 ms";
  EXPECT_EQ(predicted.plans[2].mean.total(), ms(200)) << "edge-only runs on the edge alone";
  EXPECT_THAT(predicted.lacking, IsEmpty());
}

TEST(Additive, UnderTheConditionsOfTheUnstressedCellItPredictsThatCell) {
  const auto known = small_table({measured(100, ms(20), ms(3))});
  const plan::Conditions same{.uplink = 100_Mbps, .rtt = ms(20), .edge_slowdown = 1.0, .cloud_slowdown = 1.0};
  const Predictions predicted = LatencyModel(known).predict(same);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_NEAR(milliseconds(predicted.plans[i].mean.total()),
                milliseconds(known->unstressed().estimates[i].mean.total()), 1e-3);
}

TEST(Additive, WithoutReadingsItTakesTheUnstressedCellAndSaysWhatItLacks) {
  const auto known = small_table({measured(100, ms(20), ms(3))});
  const Predictions predicted = predict(*known, {});
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_NEAR(milliseconds(predicted.plans[i].mean.total()),
                milliseconds(known->unstressed().estimates[i].mean.total()), 1e-3);
  EXPECT_THAT(predicted.lacking, ElementsAre("uplink", "rtt", "edge slowdown", "cloud slowdown"));
}

TEST(Additive, ReadingsThatMakeNoSenseCountAsAbsent) {
  const auto known = small_table({measured(100, ms(20), ms(3))});
  for (const double bad : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    plan::Conditions now = all_known();
    now.uplink = BitsPerSecond{bad};
    now.edge_slowdown = bad;
    for (const Prediction& p : predict(*known, now).plans) {
      EXPECT_GE(p.mean.total(), Duration{});
      EXPECT_LT(p.mean.total(), std::chrono::hours(1));
    }
  }
}

TEST(Additive, AResidualConcernsTheHeadOrTheTailOfItsCutAlone) {
  const LatencyModel model(small_table({measured(100, ms(20), ms(3))}));
  const Predictions predicted = model.predict(all_known(), {.heads = {1, 1.5}, .tails = {0.5}});
  EXPECT_EQ(predicted.plans[1].mean.head, ms(120));
  EXPECT_EQ(predicted.plans[2].mean.head, ms(200));
  EXPECT_EQ(2 * predicted.plans[0].mean.tail, model.predict(all_known()).plans[0].mean.tail);
  EXPECT_EQ(predicted.plans[1].mean.tail, ms(18));
}

TEST(Additive, AStallCostsNoMoreThanFinishingHere) {
  const LatencyModel model(small_table({measured(100, ms(20), ms(3))}));
  plan::Conditions now = all_known();
  now.uplink_stalled = std::chrono::seconds(20);
  const Predictions predicted = model.predict(now);
  EXPECT_EQ(predicted.plans[0].mean.stall, ms(200));
  EXPECT_EQ(predicted.plans[1].mean.stall, ms(120));
  EXPECT_EQ(predicted.plans[2].mean.stall, ms(0));
}

TEST(Additive, ADipIsOverBeforeALongUploadIs) {
  const LatencyModel model(small_table({measured(100, ms(20), ms(3))}));
  plan::Conditions now = all_known();
  now.uplink = 1_Mbps;
  EXPECT_EQ(model.predict(now).plans[0].mean.upload, ms(8000));
  now.uplink_usual = 10_Mbps;
  const Duration dip = model.predict(now).plans[0].mean.upload;
  EXPECT_LT(dip, ms(4000));
  EXPECT_GT(dip, ms(800)) << "the time at the usual rate";
  now.uplink_usual = now.uplink;
  EXPECT_NEAR(milliseconds(model.predict(now).plans[0].mean.upload), 8000, 1e-3);
  now.uplink = 100_Mbps;
  EXPECT_NEAR(milliseconds(model.predict(now).plans[0].mean.upload), 80, 20) << "nor does a peak, but 80 ms are short";
}

TEST(Additive, TheFasterTheUplinkTheSoonerAnUploadIsThroughWhateverIsUsual) {
  const LatencyModel model(small_table({measured(100, ms(20), ms(3))}));
  for (const double usual : {0.01, 1.0, 100.0}) {
    plan::Conditions now = all_known();
    now.uplink_usual = BitsPerSecond{usual * 1e6};
    Duration before = std::chrono::hours(24);
    for (double mbps = 0.001; mbps < 1e4; mbps *= 1.3) {
      now.uplink = BitsPerSecond{mbps * 1e6};
      const Duration took = model.predict(now).plans[0].mean.upload;
      EXPECT_LE(took, before + std::chrono::microseconds(1)) << mbps << " of usually " << usual;
      EXPECT_GE(took, Duration{});
      before = took;
    }
  }
}

TEST(Additive, BytesThatRequestsSendNowCountInsteadOfTheTables) {
  table::Cell cell = measured(100, ms(20), ms(3));
  cell.estimates[0].plan.codec = plan::Codec::source;
  const LatencyModel model(small_table({cell}));
  plan::Conditions now = all_known();
  now.uplink_window = Bytes{10'000};
  const auto at = [&](WireRatio ratio) {
    return model.predict(now, {}, {.plans = {{{0, plan::Codec::source}, ratio}}}).plans[0];
  };
  EXPECT_EQ(at({1, 0}).mean.upload, ms(800)) << "1 MB at 10 Mbit/s";
  EXPECT_EQ(at({0.25, 0}).mean.upload, ms(200));
  EXPECT_EQ(at({0.25, 0}).wire, Bytes{250'000});
  EXPECT_EQ(at({1, 0}).mean.slow_start, ms(60)) << "37.5 kB fill the link";
  EXPECT_EQ(at({0.005, 0}).mean.slow_start, ms(0));
  EXPECT_GT(at({1, 0.3}).p95, at({1, 0}).p95 + ms(300)) << "the upload may take exp(1.645 * 0.3) times as long";
  EXPECT_EQ(at({1, 0.3}).mean.total(), at({1, 0}).mean.total());
}

TEST(Additive, TheLessSureTheUplinkTheLaterTheP95OfWhatSends) {
  const LatencyModel model(small_table({measured(100, ms(20), ms(3))}));
  plan::Conditions now = all_known();
  const Duration sure = model.predict(now).plans[0].p95, edge = model.predict(now).plans[2].p95;
  now.uplink_sd = 0.5;
  EXPECT_GT(model.predict(now).plans[0].p95, sure + ms(500));
  EXPECT_EQ(model.predict(now).plans[2].p95, edge);
}

TEST(Additive, ATableWithoutRatesStillGivesItsNetworkTimes) {
  table::Cell cell = measured(100, ms(20), ms(3));
  cell.seen = {};
  const auto known = small_table({cell});
  EXPECT_EQ(predict(*known, all_known()).plans[1].mean.round_trip, cell.estimates[1].mean.network);
}

}  // namespace
}  // namespace tideline::predict
