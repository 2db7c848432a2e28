#include "policy/decide/static_policy.h"
#include "policy/replay/simulated_agent.h"
#include "runtime/monitor/traffic.h"
#include "tests/policy/replay/network.h"

#include <gtest/gtest.h>

namespace tideline::monitor {
namespace {

using replay::Seconds;

constexpr std::size_t kPlan = 3;

double ms(std::optional<Duration> time) {
  return time ? 1e3 * seconds(*time) : 0;
}

// One list of events: an upload stalls for four seconds, has twice the bytes of the table, and the cloud takes three
// times what the table says.
struct Events {
  std::shared_ptr<const table::PartitionTable> table = replay::fixtures::network(1);
  const table::Estimate& estimate = table->unstressed().estimates[kPlan];
  replay::Trace way =
      *replay::Trace::make(replay::Trace::Kind::bandwidth, {{0, 12e6}, {0.3, 0}, {4.3, 4e6}, {100, 4e6}});
  const replay::World world{table, &way, nullptr, {.wrong = {0, 0, 0, 0, 0, 0, 20}}};
  const replay::Dice dice{.edge = 1, .cloud = 3, .bytes = 2};
  const replay::RequestTimeline course = world.course(kPlan, dice, 0.1);
};

// As a replay takes them in.
class Replayed {
 public:
  explicit Replayed(const Events& events)
      : agent_(events.world, events.table,
               std::make_shared<decide::StaticPolicy>(events.estimate.plan, events.table->edge_only(),
                                                      plan::Constraints{}, events.table),
               {}) {
    agent_.begin(0.1, events.dice);
    agent_.finish();
  }
  estimate::Telemetry::Reading read(replay::Seconds at) {
    agent_.advance(at);
    return agent_.telemetry().read(replay::moment(at));
  }

 private:
  replay::SimulatedAgent agent_;
};

// As they come to a live agent: by the session, and by the link, which looks twenty times a second.
class Live {
 public:
  explicit Live(const Events& events) : traffic_(events.table) {
    const auto at = [](replay::Seconds s) { return replay::moment(s); };
    traffic_.on_head(events.estimate.plan, from_seconds(events.course.head), at(0.1 + events.course.head));
    traffic_.on_encoded(events.estimate.plan, Bytes{static_cast<std::uint64_t>(events.course.bytes)},
                        at(events.course.sent));
    for (replay::Seconds s = 0.6; s < 4.3; s += 0.05)
      traffic_.on_sample({.uplink = {}, .rtt = {}, .at = at(s), .stall = from_seconds(s - 0.3)});
    traffic_.on_sample(
        {.uplink = {}, .rtt = from_seconds(0.03), .at = at(events.course.answer), .stall = from_seconds(4)});
    traffic_.on_tail(events.estimate.plan, from_seconds(events.course.tail), at(events.course.answer));
  }
  estimate::Telemetry::Reading read(replay::Seconds at) const { return traffic_.read(replay::moment(at)); }

 private:
  Traffic traffic_;
};

TEST(SameEvents, TellTheLiveAgentAndTheReplayTheSame) {
  const Events events;
  ASSERT_LT(events.course.half, 0.3) << "the stall comes after the half of the upload";
  ASSERT_GT(events.course.uploaded, 4.3);
  ASSERT_LT(events.course.answer, 5);
  Replayed replayed(events);
  const Live live(events);
  for (const replay::Seconds at : {5.0, 6.0, 10.0, 14.0}) {
    const estimate::Telemetry::Reading there = replayed.read(at), here = live.read(at);
    EXPECT_NEAR(ms(there.now.uplink_stalled), ms(here.now.uplink_stalled), 5) << "at " << at << " s";
    ASSERT_TRUE(there.now.cloud_slowdown && here.now.cloud_slowdown);
    EXPECT_NEAR(*there.now.cloud_slowdown, *here.now.cloud_slowdown, 1e-6) << "at " << at << " s";
    EXPECT_EQ(there.ratios, here.ratios) << "at " << at << " s";
    EXPECT_GT(there.ratios.of(events.estimate.plan).mean, 1.5) << "at " << at << " s";
  }
}

}  // namespace
}  // namespace tideline::monitor
