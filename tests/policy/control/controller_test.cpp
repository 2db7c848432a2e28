#include "policy/control/controller.h"

#include "policy/decide/adaptive_policy.h"
#include "policy/decide/static_policy.h"
#include "tests/policy/tables.h"

#include <gtest/gtest.h>

namespace tideline::control {
namespace {

using namespace tideline::fixtures;
using std::chrono::milliseconds;
using std::chrono::seconds;

const TimePoint kStart = TimePoint{} + std::chrono::hours(1);

// Cloud-only is best on a fast link, edge-only on a slow one.
std::shared_ptr<const table::PartitionTable> small_table() {
  plan::Conditions seen;
  seen.uplink = 50_Mbps;
  seen.rtt = ms(5);
  table::Cell one = cell({}, seen, {ms(20), ms(40), ms(100)});
  for (table::Estimate& e : one.estimates) e.mean = {.head = ms(e.plan.cut * 50), .network = ms(20), .tail = ms(5)};
  one.estimates[0].wire = Bytes{500'000};
  one.estimates[2].mean = {.head = ms(100)};
  return std::make_shared<const table::PartitionTable>(made({one}));
}

Controller adaptive() {
  return {std::make_shared<decide::AdaptivePolicy>(small_table(), decide::AdaptivePolicy::Options{}), small_table(), 2};
}

Controller::Seen seen_at(double mbps, std::uint32_t cut = 2) {
  Controller::Seen seen;
  seen.told.now.uplink = BitsPerSecond{mbps * 1e6};
  seen.told.now.uplink_sd = 0.01;
  seen.told.now.peer_up = true;
  seen.told.now.edge_slowdown = 1;
  seen.told.last_head = kStart;
  seen.told.last_uplink = kStart;
  seen.current = plan_at(cut);
  return seen;
}

TEST(Controller, SaysByWhichPlanToServeAndWhenToHedge) {
  Controller controller = adaptive();
  const auto actions = controller.tick(seen_at(200), kStart);
  EXPECT_EQ(actions.decision.move, plan_at(0));
  ASSERT_EQ(actions.forecast.plans.size(), 3u);
  EXPECT_TRUE(actions.forecast.plans[0].remaining);
  EXPECT_FALSE(actions.forecast.plans[2].remaining) << "edge-only sends nothing";
  EXPECT_FALSE(actions.forecast.plan_is_held);
}

TEST(Controller, ProbesOnlyWhileNothingIsUnderWayOnAnUnsureLink) {
  Controller::Seen seen = seen_at(8);
  seen.told.now.uplink_sd = 2;
  const TimePoint later = kStart + seconds(5);
  EXPECT_TRUE(adaptive().tick(seen, later).probe);
  seen.told.uploading = true;
  EXPECT_FALSE(adaptive().tick(seen, later).probe);
  seen.told.uploading = false;
  seen.told.now.peer_up = false;
  EXPECT_FALSE(adaptive().tick(seen, later).probe) << "there is no cloud";
}

TEST(Controller, RehearsesTheHeadThatTellsMostAndOnlyWithATable) {
  Controller controller = adaptive();
  EXPECT_EQ(controller.rehearsed(), plan_at(1, plan::Codec::fp16));
  Controller::Seen seen = seen_at(8);
  seen.told.last_head.reset();
  EXPECT_EQ(controller.rehearsal(seen, kStart), Rehearsal::wanted);
  Controller blind(std::make_shared<decide::StaticPolicy>(plan_at(2), plan_at(2)), nullptr, 2);
  EXPECT_EQ(blind.rehearsal(seen, kStart), Rehearsal::none);
}

TEST(Controller, WithoutATableNothingIsPredictedAndNoRequestIsHedged) {
  Controller controller(std::make_shared<decide::StaticPolicy>(plan_at(1), plan_at(2)), nullptr, 2);
  const auto actions = controller.tick(seen_at(8), kStart);
  EXPECT_FALSE(actions.predicted);
  EXPECT_TRUE(actions.forecast.plans.empty());
  EXPECT_TRUE(actions.forecast.plan_is_held);
  Controller of_a_policy_with_one(
      std::make_shared<decide::StaticPolicy>(plan_at(1), plan_at(2), plan::Constraints{}, small_table()), nullptr, 2);
  EXPECT_TRUE(of_a_policy_with_one.tick(seen_at(8), kStart).forecast.plans.empty());
}

TEST(Controller, RestsWhileThereAreNoRequestsAndNotOnceThereIsOne) {
  Controller controller = adaptive();
  Controller::Activity idle{.requests = 7, .peer_up = true};
  EXPECT_FALSE(controller.rests(idle, kStart));
  EXPECT_FALSE(controller.rests(idle, kStart + seconds(1000)));
  EXPECT_FALSE(controller.rests(idle, kStart + seconds(1002)));
  Controller::Seen seen = seen_at(8);
  seen.activity = idle;
  controller.tick(seen, kStart + seconds(1002));
  EXPECT_FALSE(controller.rests(idle, kStart + seconds(2000)));
  EXPECT_TRUE(controller.rests(idle, kStart + seconds(2000) + milliseconds(100)));
  idle.pending = 1;
  EXPECT_FALSE(controller.rests(idle, kStart + seconds(2000) + milliseconds(200)));
}

}  // namespace
}  // namespace tideline::control
