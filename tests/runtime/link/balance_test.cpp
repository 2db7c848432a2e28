#include "runtime/link/balance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace tideline::link {
namespace {

using std::chrono::microseconds;

// Whatever may be said of peers.
std::vector<PeerLoad> any_candidates(Chance& chance) {
  const auto up_to = [&](int most) { return static_cast<int>(chance() % static_cast<std::uint64_t>(most + 1)); };
  const auto maybe = [&](int us) {
    return up_to(3) == 0 ? std::nullopt : std::optional<Duration>(microseconds(up_to(us)));
  };
  std::vector<PeerLoad> all(static_cast<std::size_t>(up_to(6)));
  for (PeerLoad& one : all) {
    one.usable = up_to(3) > 0;
    one.share = up_to(2) / 2.0;
    one.outstanding = static_cast<std::size_t>(up_to(5));
    one.rtt = maybe(30'000);
    one.transfer = maybe(50'000);
    one.queue = maybe(20'000);
    one.service = maybe(9'000);
  }
  return all;
}

std::vector<int> chosen_of(const std::vector<PeerLoad>& candidates, int times) {
  Chance chance(1);
  std::vector<int> counts(candidates.size());
  for (int i = 0; i < times; ++i) ++counts[*choose(candidates, chance)];
  return counts;
}

PeerLoad known(int service_us, std::size_t outstanding = 0) {
  PeerLoad one;
  one.outstanding = outstanding;
  one.rtt = one.transfer = one.queue = microseconds(0);
  one.service = microseconds(service_us);
  return one;
}

TEST(Balance, WhoIsNotUsableIsNeverChosenAndNobodyOnlyWhenNoneIs) {
  Chance chance(1);
  for (int round = 0; round < 20'000; ++round) {
    const auto candidates = any_candidates(chance);
    const auto chosen = choose(candidates, chance);
    EXPECT_EQ(chosen.has_value(), std::ranges::any_of(candidates, &PeerLoad::usable));
    if (chosen) {
      EXPECT_TRUE(candidates[*chosen].usable);
    }
  }
}

TEST(Balance, WhoHasNoShareIsTakenOnlyWhereThereIsNoOther) {
  Chance chance(2);
  for (int round = 0; round < 20'000; ++round) {
    const auto candidates = any_candidates(chance);
    const auto chosen = choose(candidates, chance);
    if (!chosen || candidates[*chosen].share > 0) continue;
    for (const PeerLoad& one : candidates) EXPECT_FALSE(one.usable && one.share > 0);
  }
}

TEST(Balance, TheSameChanceMakesTheSameChoices) {
  Chance made(3);
  for (int round = 0; round < 1000; ++round) {
    const auto candidates = any_candidates(made);
    Chance one(static_cast<std::uint64_t>(round));
    Chance other(static_cast<std::uint64_t>(round));
    EXPECT_EQ(choose(candidates, one), choose(candidates, other));
  }
}

TEST(Balance, NobodyIsSoonerThanOneThatIsSooner) {
  Chance chance(4);
  for (int round = 0; round < 20'000; ++round) {
    const auto all = any_candidates(chance);
    for (const PeerLoad& a : all)
      for (const PeerLoad& b : all) EXPECT_FALSE(sooner(a, b) && sooner(b, a));
  }
}

TEST(Balance, OfAllThatAreKnownTheSlowestIsNeverChosen) {
  const auto counts = chosen_of({known(100), known(400), known(200), known(300)}, 5000);
  EXPECT_EQ(counts[1], 0);
  EXPECT_GT(counts[0], counts[2]);
  EXPECT_GT(counts[2], counts[3]);
  EXPECT_GT(counts[3], 0) << "the best one is not run over";
}

TEST(Balance, WhatIsOutstandingCountsAsTimeToCome) {
  EXPECT_EQ(chosen_of({known(100, 5), known(300, 0)}, 100), (std::vector{0, 100}));
  EXPECT_EQ(chosen_of({known(100, 1), known(300, 0)}, 100), (std::vector{100, 0}));
}

TEST(Balance, WhereNothingIsKnownFewerOutstandingRequestsDecide) {
  PeerLoad busy;
  busy.outstanding = 3;
  EXPECT_EQ(chosen_of({busy, PeerLoad{}}, 100), (std::vector{0, 100}));
}

TEST(Balance, ATermThatIsKnownOfOneAloneDoesNotSpeakAgainstIt) {
  PeerLoad measured = known(100);
  measured.transfer = microseconds(5000);
  PeerLoad other = known(200);
  other.transfer.reset();
  EXPECT_TRUE(sooner(measured, other));
}

TEST(Balance, ASmallShareOfTrustIsASmallShareOfRequestsHoweverGoodThePeerLooks) {
  PeerLoad fresh = known(1);
  fresh.share = 0.1;
  for (const std::size_t others : {1, 2, 5}) {
    std::vector<PeerLoad> all(others, known(100));
    all.push_back(fresh);
    const int got = chosen_of(all, 10'000).back();
    EXPECT_LT(got, 1200) << others;
    EXPECT_GT(got, 100) << others;
  }
}

// Requests take the peer's time each and queue there; the fleet sees what is outstanding, and nothing else.
TEST(Balance, LoadSpreadsByWhatPeersCanDo) {
  constexpr int kSteps = 20'000;
  const std::vector<int> every = {2, 2, 4, 8};  // Steps per request.
  std::vector<std::size_t> queued(every.size());
  std::vector<int> served(every.size());
  std::size_t longest = 0;
  Chance chance(5);
  for (int step = 0; step < kSteps; ++step) {
    std::vector<PeerLoad> all;
    all.reserve(every.size());
    for (std::size_t i = 0; i < every.size(); ++i) all.push_back(known(every[i] * 1000, queued[i]));
    ++queued[*choose(all, chance)];
    longest = std::max(longest, *std::ranges::max_element(queued));
    for (std::size_t i = 0; i < every.size(); ++i) {
      if (step % every[i] != 0 || queued[i] == 0) continue;
      --queued[i];
      ++served[i];
    }
  }
  EXPECT_NEAR(served[0], served[1], 0.05 * kSteps);
  EXPECT_GT(served[1], served[2]);
  EXPECT_GT(served[2], served[3]);
  EXPECT_GT(served[3], 0);
  EXPECT_LT(longest, 30u) << "no queue grows while the others have room";
}

}  // namespace
}  // namespace tideline::link
