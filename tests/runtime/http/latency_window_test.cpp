#include "runtime/http/latency_window.h"

#include <gtest/gtest.h>

namespace tideline::http {
namespace {

using std::chrono::milliseconds;

engine::InferResult served(int ms, std::optional<int> expected = std::nullopt) {
  engine::InferResult result;
  result.timing = {.queue = milliseconds(ms),
                   .head = milliseconds(2 * ms),
                   .encode = milliseconds(3 * ms),
                   .network = milliseconds(4 * ms),
                   .tail = milliseconds(5 * ms),
                   .total = milliseconds(15 * ms)};
  if (expected) result.expected = milliseconds(*expected);
  return result;
}

TEST(LatencyWindow, WithoutRequestsThereIsNothing) {
  LatencyWindow window;
  EXPECT_FALSE(window.take());
}

TEST(LatencyWindow, GivesTheMeanOfEachStage) {
  LatencyWindow window;
  window.on_served(served(1));
  window.on_served(served(3));
  const auto seen = window.take();
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->requests, 2u);
  EXPECT_EQ(seen->mean.queue, milliseconds(2));
  EXPECT_EQ(seen->mean.head, milliseconds(4));
  EXPECT_EQ(seen->mean.encode, milliseconds(6));
  EXPECT_EQ(seen->mean.network, milliseconds(8));
  EXPECT_EQ(seen->mean.tail, milliseconds(10));
  EXPECT_EQ(seen->mean.total, milliseconds(30));
  EXPECT_EQ(seen->slowest, milliseconds(45));
  EXPECT_FALSE(seen->forecast);
}

TEST(LatencyWindow, BeginsAgainAtEachLook) {
  LatencyWindow window;
  window.on_served(served(1));
  EXPECT_TRUE(window.take());
  EXPECT_FALSE(window.take());
  window.on_served(served(2));
  EXPECT_EQ(window.take()->mean.total, milliseconds(30));
}

TEST(LatencyWindow, ComparesForecastsWithTheRequestsThatHadOne) {
  LatencyWindow window;
  window.on_served(served(100));
  window.on_served(served(1, 10));
  window.on_served(served(3, 20));
  const auto seen = window.take();
  ASSERT_TRUE(seen && seen->forecast);
  EXPECT_EQ(seen->forecast->expected, milliseconds(15));
  EXPECT_EQ(seen->forecast->observed, milliseconds(30));
}

}  // namespace
}  // namespace tideline::http
