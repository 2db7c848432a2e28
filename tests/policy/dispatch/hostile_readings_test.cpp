// Whatever a cloud claims, a link seems to be, or a clock does: each request gets an answer that is a time.
#include "policy/dispatch/dispatcher.h"
#include "tests/policy/dispatch/offers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

namespace tideline::dispatch {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Far longer than any request or outage, and a time before any beginning.
constexpr std::array<Duration, 7> kHostile = {
    Duration{},     Duration{1}, Duration{-1}, -seconds(1'000'000'000), hours(24 * 365), seconds(1'000'000'000),
    Duration::max()};

class Hostile {
 public:
  explicit Hostile(std::uint64_t seed) : random_(seed) {}
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
  Duration duration() { return below(3) ? milliseconds(below(500)) : kHostile.at(below(kHostile.size())); }
  Offer offer(std::uint32_t at) {
    return {cut(at),
            {.edge = duration(), .uplink = duration(), .queue = duration(), .cloud = duration(), .rest = duration()}};
  }

 private:
  std::mt19937_64 random_;
};

TEST(HostileReadings, EveryRequestGetsAPlanAndATimeOrIsRefused) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Hostile world(seed);
    Dispatcher dispatcher({.edge = 1 + static_cast<int>(world.below(3))});
    std::vector<std::uint64_t> tickets;
    TimePoint now = kStart;
    for (int i = 0; i < 120; ++i) {
      if (i % 10 == 0) {
        Offers offers;
        for (std::uint32_t at = 0; at < 1 + world.below(12); ++at) offers.plans.push_back(world.offer(at));
        offers.usual = world.below(offers.plans.size());
        offers.cloud_slots = static_cast<int>(world.below(5)) - 1;
        dispatcher.offer("m", offers);
      }
      now += world.below(20) ? Duration(milliseconds(world.below(100))) : Duration(-hours(1) + hours(world.below(3)));
      Dispatcher::Asked asked{.model = "m",
                              .batch = world.below(4) ? 1 : ~std::uint64_t{0},
                              .strict = world.below(2) == 0,
                              .priority = static_cast<Priority>(1 + world.below(3)),
                              .waited = world.below(4) ? Duration{} : hours(24)};
      if (world.below(2)) asked.within = std::clamp<Duration>(world.duration(), -hours(24), hours(24));
      const auto assigned = dispatcher.begin(asked, now);
      ASSERT_NE(assigned.offer.has_value(), assigned.refused) << seed;
      ASSERT_TRUE(assigned.latency) << seed;
      ASSERT_GE(*assigned.latency, Duration{}) << seed;
      if (assigned.refused) {
        ASSERT_GT(*assigned.latency, *asked.within) << seed;
      } else {
        tickets.push_back(assigned.ticket);
      }
      if (!tickets.empty() && world.below(3)) {
        const std::uint64_t ticket = tickets.at(world.below(tickets.size()));
        switch (world.below(3)) {
          case 0:
            ASSERT_GE(dispatcher.sends(ticket, now).there, Duration{}) << seed;
            break;
          case 1:
            dispatcher.runs_here(ticket, world.duration(), now);
            break;
          default:
            dispatcher.end(ticket, now);
        }
      }
      const Backlog left = dispatcher.backlog(now);
      ASSERT_GE(std::min({left.edge, left.uplink, left.cloud}), Duration{}) << seed;
      ASSERT_GE(dispatcher.rate(now), 0) << seed;
    }
    for (const std::uint64_t ticket : tickets) dispatcher.end(ticket, now);
    EXPECT_EQ(dispatcher.backlog(now).requests, 0u) << seed;
  }
}

TEST(HostileReadings, ACloudThatClaimsAQueueOfABillionSecondsIsLeftAlone) {
  Dispatcher dispatcher({});
  Offers offers = alexnet();
  for (Offer& one : offers.plans)
    if (one.demand.sends()) one.demand.queue = seconds(1'000'000'000);
  dispatcher.offer("m", offers);
  for (int i = 0; i < 20; ++i)
    EXPECT_FALSE(dispatcher.begin({"m"}, kStart + milliseconds(i)).offer->demand.sends()) << i;
}

TEST(HostileReadings, AThousandRequestsASecondOutOfNothingAreWeighedLikeAnyOthers) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", alexnet());
  std::size_t refused = 0, sent = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto one = dispatcher.begin({.model = "m", .within = milliseconds(500)}, kStart + milliseconds(i));
    refused += one.refused;
    sent += one.offer && one.offer->demand.sends();
  }
  EXPECT_GT(refused, 900u) << "none of them ends, so few have room";
  EXPECT_GT(sent, 0u);
  EXPECT_LT(dispatcher.backlog(kStart + seconds(1)).requests, 100u) << "what is refused takes no memory";
}

}  // namespace
}  // namespace tideline::dispatch
