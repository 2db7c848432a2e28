#include "runtime/engine/paced_subject.h"

#include <gtest/gtest.h>

#include <optional>
#include <thread>

namespace tideline::engine {
namespace {

constexpr Duration kOne = std::chrono::milliseconds(20);

// Takes a fixed time for each measurement, and counts them.
class FixedSubject final : public journal::Subject {
 public:
  Result<journal::TimedInference> time(const plan::Plan& /*plan*/) override {
    ++count;
    std::this_thread::sleep_for(kOne);
    return journal::TimedInference{};
  }
  std::vector<Result<plan::Agreement>> agree(std::span<const plan::Plan> plans,
                                             const std::atomic<bool>& /*stop*/) override {
    return std::vector<Result<plan::Agreement>>(plans.size(), plan::Agreement{});
  }
  Result<std::vector<Bytes>> stream(std::span<const plan::Plan> /*plans*/) override { return std::vector<Bytes>{}; }
  int count = 0;
};

TEST(PacedSubject, TakesNoMoreThanItsShareOfTheTime) {
  FixedSubject fixed;
  const Rehearsals requests;
  const std::atomic<bool> stop{false};
  PacedSubject subject(fixed, requests, stop, {.share = 0.25});
  const TimePoint began = Clock::now();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(subject.time({}));
  EXPECT_GE(Clock::now() - began, 4 * 4 * kOne);
  EXPECT_GE(subject.taken(), 5 * kOne);
}

TEST(PacedSubject, WaitsWhileARequestComputes) {
  FixedSubject fixed;
  Rehearsals requests;
  const std::atomic<bool> stop{false};
  PacedSubject subject(fixed, requests, stop, {.longest_wait = std::chrono::hours(1)});
  std::optional<Rehearsals::Request> request(requests);
  std::jthread measuring([&] { EXPECT_TRUE(subject.time({})); });
  std::this_thread::sleep_for(3 * kOne);
  EXPECT_EQ(fixed.count, 0);
  request.reset();
  measuring.join();
  EXPECT_EQ(fixed.count, 1);
}

TEST(PacedSubject, MeasuresABusyEdgeToo) {
  FixedSubject fixed;
  Rehearsals requests;
  const std::atomic<bool> stop{false};
  PacedSubject subject(fixed, requests, stop, {.longest_wait = kOne});
  const Rehearsals::Request request(requests);
  EXPECT_TRUE(subject.time({}));
}

TEST(PacedSubject, AStopEndsTheWait) {
  FixedSubject fixed;
  Rehearsals requests;
  std::atomic<bool> stop{false};
  PacedSubject subject(fixed, requests, stop, {.longest_wait = std::chrono::hours(1)});
  const Rehearsals::Request request(requests);
  std::jthread measuring([&] {
    const auto timed = subject.time({});
    ASSERT_FALSE(timed);
    EXPECT_EQ(timed.error().kind, ErrorKind::unavailable);
  });
  stop = true;
  measuring.join();
  EXPECT_EQ(fixed.count, 0);
}

TEST(PacedSubject, AStopEndsTheComparisonOfEveryPlan) {
  FixedSubject fixed;
  const Rehearsals requests;
  const std::atomic<bool> going{false}, stop{true};
  PacedSubject paced(fixed, requests, going, {}), stopped(fixed, requests, stop, {});
  const std::vector<plan::Plan> plans(2);
  for (const auto& agreement : paced.agree(plans, going)) EXPECT_TRUE(agreement);
  const auto agreements = stopped.agree(plans, stop);
  ASSERT_EQ(agreements.size(), 2u);
  for (const auto& agreement : agreements) {
    ASSERT_FALSE(agreement);
    EXPECT_EQ(agreement.error().kind, ErrorKind::unavailable);
  }
}

TEST(PacedSubject, AMeasurementOfAnotherKindCountsToo) {
  FixedSubject fixed;
  const Rehearsals requests;
  const std::atomic<bool> stop{false};
  PacedSubject subject(fixed, requests, stop, {.share = 0.25});
  const auto failing = [&]() -> Result<void> {
    std::this_thread::sleep_for(kOne);
    return error(ErrorKind::unavailable, "gone");
  };
  const TimePoint began = Clock::now();
  EXPECT_EQ(subject.run(failing).error().message, "gone");
  EXPECT_TRUE(subject.run([] { return Result<void>(); }));
  EXPECT_GE(Clock::now() - began, 4 * kOne);
  EXPECT_GE(subject.taken(), kOne);
}

}  // namespace
}  // namespace tideline::engine
