#include "runtime/monitor/traffic.h"

#include "tests/policy/replay/network.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace tideline::monitor {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const TimePoint kStart = TimePoint{} + std::chrono::hours(1);

TEST(Traffic, ManyThreadsMayReportAndReadAtOnce) {
  const auto table = replay::fixtures::network(1);
  const table::Estimate& e = table->unstressed().estimates[3];
  Traffic traffic(table);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        const auto at = kStart + milliseconds(i);
        const Traffic::HeadWatch watch(&traffic, e.plan, at);
        traffic.on_sample({.uplink = plan::Rate{10_Mbps}, .rtt = milliseconds(1 + i % 5), .at = at});
        traffic.on_head(e.plan, e.mean.head, at);
        traffic.on_tail(e.plan, e.mean.tail, at);
        EXPECT_TRUE(traffic.read(at).now.uplink);
      }
    });
  for (auto& thread : threads) thread.join();
  const auto reading = traffic.read(kStart + seconds(1));
  EXPECT_NEAR(reading.now.uplink->value, 10e6, 1);
  EXPECT_NEAR(*reading.now.edge_slowdown, 1, 1e-6);
  EXPECT_NEAR(*reading.now.cloud_slowdown, 1, 1e-6);
  EXPECT_EQ(reading.now.rtt, milliseconds(1));
}

TEST(Traffic, AHeadIsWatchedForAsLongAsItsWatchLives) {
  const auto table = replay::fixtures::network(1);
  const table::Estimate& e = table->unstressed().estimates.back();
  Traffic traffic(table);
  traffic.on_head(e.plan, e.mean.head, kStart);
  {
    const Traffic::HeadWatch watch(&traffic, e.plan, kStart);
    EXPECT_GT(*traffic.read(kStart + 10 * e.mean.head).now.edge_slowdown, 2);
  }
  EXPECT_NEAR(*traffic.read(kStart + 10 * e.mean.head).now.edge_slowdown, 1, 1e-9);
}

TEST(Traffic, KeepsTheReadingsOfOtherSensors) {
  const Traffic traffic(nullptr);
  EXPECT_EQ(traffic.read(kStart, {.edge_memory_free = 0.5}).now.edge_memory_free, 0.5);
}

}  // namespace
}  // namespace tideline::monitor
