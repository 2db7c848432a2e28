#include "runtime/link/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace tideline::link {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

const plan::Plan kPlan{std::string(64, 'a'), 3, plan::Codec::fp32};
const HealthRule kRule;

// Several peers under a clock that the test turns.
class Fleet {
 public:
  explicit Fleet(std::size_t size) : all(size) {
    for (Health& one : all) begin(one, now);
  }

  // Returns why the peer was ejected for what happened; nothing when it was not.
  std::optional<std::string> answers(std::size_t which, Duration took) {
    succeeded(all[which], kPlan, AnswerTimes{.took = took, .queue = {}, .service = took, .last = {}}, now, kRule);
    return judged(which);
  }
  std::optional<std::string> fails(std::size_t which) {
    failed(all[which], kRule);
    return judged(which);
  }
  // Fails until it is ejected.
  void eject_by_failures(std::size_t which) {
    for (int i = 0; i < kRule.failures && !fails(which); ++i) continue;
    ASSERT_TRUE(ejected(which));
  }
  bool ejected(std::size_t which) const { return all[which].ejected && now < all[which].ejected->until; }
  std::size_t how_many_ejected() const {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < all.size(); ++i) sum += ejected(i) ? 1 : 0;
    return sum;
  }
  double share_of(std::size_t which, std::size_t outstanding = 0, Priority priority = kUsualPriority) const {
    return share(all[which], {outstanding, priority}, now, kRule);
  }

  TimePoint now{std::chrono::hours(1)};
  std::vector<Health> all;

 private:
  std::optional<std::string> judged(std::size_t which) {
    std::vector<const Health*> views;
    views.reserve(all.size());
    for (const Health& one : all) views.push_back(&one);
    auto why = outlier(views, which, kPlan, now, kRule);
    if (why) eject(all[which], *why, now, kRule);
    return why;
  }
};

TEST(Health, SomeFailuresInARowEjectAndFewerDoNot) {
  Fleet fleet(3);
  for (int i = 1; i < kRule.failures; ++i) EXPECT_FALSE(fleet.fails(0));
  fleet.answers(0, milliseconds(5));
  for (int i = 1; i < kRule.failures; ++i) EXPECT_FALSE(fleet.fails(0));
  EXPECT_THAT(fleet.fails(0).value_or(""), HasSubstr("5 requests failed in a row"));
  EXPECT_EQ(fleet.share_of(0), 0);
  EXPECT_GT(fleet.share_of(1), 0);
}

TEST(Health, WhoFailsEveryOtherTimeIsEjectedAndWhoFailsSeldomIsNot) {
  Fleet fleet(4);
  for (int i = 0; i < 400 && !fleet.ejected(0); ++i) {
    fleet.answers(0, milliseconds(5));
    fleet.fails(0);
  }
  EXPECT_TRUE(fleet.ejected(0));
  EXPECT_THAT(fleet.all[0].ejected->why, HasSubstr("% of its requests failed"));
  for (int i = 0; i < 400; ++i) i % 20 == 7 ? fleet.fails(1) : fleet.answers(1, milliseconds(5));
  EXPECT_FALSE(fleet.ejected(1));
}

TEST(Health, WhoIsFarSlowerThanItsSiblingsIsEjectedAndWhoIsSomewhatSlowerIsNot) {
  Fleet fleet(4);
  std::optional<std::string> why;
  for (int i = 0; i < 20; ++i) {
    for (const std::size_t fast : {0, 1}) EXPECT_FALSE(fleet.answers(fast, milliseconds(10)));
    EXPECT_FALSE(fleet.answers(2, milliseconds(25)));
    if (!fleet.ejected(3)) why = fleet.answers(3, milliseconds(100));
  }
  EXPECT_THAT(why.value_or(""), HasSubstr("it takes 100.0 ms where the others take 10.0 ms"));
}

TEST(Health, OfPlansThatTakeDifferentlyLongNoneIsComparedWithAnother) {
  Fleet fleet(2);
  const plan::Plan longer{kPlan.model, 1, plan::Codec::fp32};
  for (int i = 0; i < 20; ++i) {
    succeeded(fleet.all[0], longer, AnswerTimes{.took = milliseconds(200), .last = {}}, fleet.now, kRule);
    EXPECT_FALSE(fleet.answers(0, milliseconds(10)));
    EXPECT_FALSE(fleet.answers(1, milliseconds(10)));
  }
}

TEST(Health, WithoutSiblingsNobodyIsEjected) {
  Fleet fleet(1);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(fleet.fails(0));
  EXPECT_GT(fleet.share_of(0), 0);
}

TEST(Health, WhateverHappensAtMostHalfAreEjected) {
  std::mt19937_64 random(1);
  for (std::size_t size = 1; size <= 7; ++size) {
    Fleet fleet(size);
    std::size_t most = 0;
    for (int step = 0; step < 5000; ++step) {
      const std::size_t which = random() % size;
      if (random() % 3 == 0) {
        fleet.answers(which, milliseconds(1 + random() % 200));
      } else {
        fleet.fails(which);
      }
      fleet.now += milliseconds(random() % 300);
      most = std::max(most, fleet.how_many_ejected());
      ASSERT_LE(2 * fleet.how_many_ejected(), size);
    }
    EXPECT_EQ(most, size / 2);
  }
}

TEST(Health, EveryEjectionTakesTwiceAsLongUpToABoundAndALongTimeWellForgetsThem) {
  Fleet fleet(2);
  Duration expected = kRule.first_ejection;
  for (int i = 0; i < 12; ++i) {
    fleet.eject_by_failures(0);
    EXPECT_EQ(fleet.all[0].ejected->until - fleet.now, expected);
    fleet.now = fleet.all[0].ejected->until;
    expected = std::min<Duration>(2 * expected, kRule.longest_ejection);
  }
  EXPECT_EQ(expected, kRule.longest_ejection);
  fleet.answers(0, milliseconds(5));
  fleet.now += kRule.longest_ejection + kRule.slow_start + seconds(1);
  fleet.answers(0, milliseconds(5));
  fleet.eject_by_failures(0);
  EXPECT_EQ(fleet.all[0].ejected->until - fleet.now, kRule.first_ejection);
}

TEST(Health, WhoIsLetBackGetsOneRequestAloneAndThenAShareThatGrows) {
  Fleet fleet(2);
  fleet.eject_by_failures(0);
  fleet.now = fleet.all[0].ejected->until - milliseconds(1);
  EXPECT_EQ(fleet.share_of(0), 0);
  fleet.now += milliseconds(1);
  EXPECT_EQ(fleet.share_of(0, 0), 1);
  EXPECT_EQ(fleet.share_of(0, 1), 0);
  fleet.answers(0, milliseconds(5));
  double before = fleet.share_of(0, 1);
  EXPECT_EQ(before, kRule.least_share);
  for (int i = 0; i < 10; ++i, before = fleet.share_of(0, 1)) {
    fleet.now += kRule.slow_start / 10;
    EXPECT_GE(fleet.share_of(0, 1), before);
  }
  EXPECT_EQ(fleet.share_of(0, 1), 1);
}

TEST(Health, WhoFailsAgainWhenItIsLetBackIsEjectedAtOnce) {
  Fleet fleet(2);
  fleet.eject_by_failures(0);
  fleet.now = fleet.all[0].ejected->until;
  EXPECT_TRUE(fleet.fails(0));
}

TEST(Health, AnAnswerToWhatWasAskedBeforeDoesNotEndAnEjection) {
  Fleet fleet(2);
  fleet.eject_by_failures(0);
  fleet.answers(0, milliseconds(5));
  EXPECT_TRUE(fleet.ejected(0));
}

TEST(Health, WhoIsOverloadedRestsAndIsNotEjected) {
  Fleet fleet(2);
  for (int i = 0; i < 50; ++i) overloaded(fleet.all[0], {}, fleet.now, kRule);
  EXPECT_EQ(fleet.share_of(0), 0);
  fleet.now += kRule.rest;
  EXPECT_GT(fleet.share_of(0), 0);
}

TEST(Health, WhoIsOverloadedIsLeftAloneForAsLongAsItSaysWithinReason) {
  Fleet fleet(2);
  overloaded(fleet.all[0], {.away = milliseconds(700)}, fleet.now, kRule);
  fleet.now += milliseconds(699);
  EXPECT_EQ(fleet.share_of(0), 0);
  fleet.now += milliseconds(1);
  EXPECT_GT(fleet.share_of(0), 0);
  overloaded(fleet.all[0], {.away = std::chrono::hours(1)}, fleet.now, kRule);
  fleet.now += kRule.longest_rest;
  EXPECT_GT(fleet.share_of(0), 0);
}

TEST(Health, WhoIsOverloadedStillGetsRequestsOfAHigherPriority) {
  Fleet fleet(2);
  overloaded(fleet.all[0], {.priority = 5, .away = milliseconds(700)}, fleet.now, kRule);
  EXPECT_EQ(fleet.share_of(0, 0, 5), 0);
  EXPECT_EQ(fleet.share_of(0, 0, 6), 0);
  EXPECT_GT(fleet.share_of(0, 0, 4), 0);
}

TEST(Health, WhatWasMeasuredLongAgoTellsNothing) {
  Fleet fleet(1);
  fleet.answers(0, milliseconds(5));
  EXPECT_NE(answer_times(fleet.all[0], kPlan, fleet.now, kRule), nullptr);
  fleet.now += kRule.forget + milliseconds(1);
  EXPECT_EQ(answer_times(fleet.all[0], kPlan, fleet.now, kRule), nullptr);
}

TEST(Health, APeerThatHasJustComeBeginsWithTheLeastShare) {
  Fleet fleet(1);
  fleet.now += kRule.slow_start;
  EXPECT_EQ(fleet.share_of(0), 1);
  begin(fleet.all[0], fleet.now);
  EXPECT_EQ(fleet.share_of(0), kRule.least_share);
}

}  // namespace
}  // namespace tideline::link
