#include "policy/dispatch/dispatcher.h"

#include "policy/dispatch/fluid_limit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <queue>
#include <random>
#include <vector>

namespace tideline::dispatch {
namespace {

using std::chrono::milliseconds;

const TimePoint kStart = TimePoint{} + std::chrono::hours(1);
constexpr std::uint32_t kHere = 9;

plan::Plan cut(std::uint32_t cut) {
  return {"m", cut, plan::Codec::fp32};
}

Offer here(int edge_ms) {
  return {cut(kHere), {.edge = milliseconds(edge_ms)}};
}

Offer split(std::uint32_t at, int edge_ms, int uplink_ms, int cloud_ms, int rest_ms = 4) {
  return {cut(at),
          {.edge = milliseconds(edge_ms),
           .uplink = milliseconds(uplink_ms),
           .cloud = milliseconds(cloud_ms),
           .rest = milliseconds(rest_ms)}};
}

// Like AlexNet on one core, with a cloud of one core at 50 Mbit/s: edge-only is the fastest alone.
Offers alexnet() {
  return {.plans = {split(0, 2, 24, 60, 3), split(1, 10, 5, 52, 3), split(2, 12, 3, 50, 3), split(3, 27, 3, 35, 3),
                    split(4, 29, 2, 33, 3), split(5, 38, 3, 24, 3), split(6, 47, 3, 15, 3), split(7, 55, 2, 7, 3),
                    here(60)},
          .usual = 8,
          .hysteresis = 0.03};
}

std::vector<Offer> drawn(std::mt19937_64& random) {
  std::uniform_real_distribution<double> up_to(0, 1);
  const double whole = 0.03 + 0.3 * up_to(random) * up_to(random), cloud = whole * (0.15 + 0.9 * up_to(random));
  const double rate = 1e6 * std::exp(up_to(random) * 4);
  std::vector<Offer> plans;
  double done = 0, bytes = 40e3;
  for (std::uint32_t i = 0; i < 7; ++i) {
    plans.push_back({cut(i),
                     {.edge = from_seconds(whole * done + (i == 0 ? 0 : 0.003)),
                      .uplink = from_seconds(bytes * 8 / rate),
                      .cloud = from_seconds(cloud * (1 - done)),
                      .rest = from_seconds(0.003 + 0.03 * up_to(random))}});
    done += (1 - done) * 0.45 * up_to(random) + 0.02;
    bytes = (2e3 + 38e3 * up_to(random)) * (1 - 0.7 * done);
  }
  plans.push_back({cut(kHere), {.edge = from_seconds(whole)}});
  return plans;
}

enum class Arrivals { poisson, periodic };

// An edge, an uplink and a cloud that serve in order of arrival. Every request varies by 5 % from what is offered.
class Machines {
 public:
  // Chooses the plan of a request; nothing: the dispatcher does.
  using Choose = std::function<std::size_t()>;

  Machines(Offers offers, Choose choose) : offers_(std::move(offers)), choose_(std::move(choose)) {
    if (!choose_) dispatcher_.offer("m", offers_);
  }

  // Returns the latencies, in seconds and in order of size.
  std::vector<double> serve(std::size_t count, double rate, Arrivals arrivals) {
    std::exponential_distribution<double> gap(rate);
    double at = 0;
    for (std::size_t i = 0; i < count; ++i) {
      at += arrivals == Arrivals::poisson ? gap(random_) : 1 / rate;
      requests_.push_back({.came = at});
      plan(at, i, kStages);
    }
    while (!events_.empty()) {
      const Event event = events_.top();
      events_.pop();
      now_ = event.at;
      event.stage == kStages ? begin(event.request) : leave(event.request, event.stage);
    }
    std::vector<double> took;
    for (const Request& one : requests_) took.push_back(one.ended - one.came);
    std::ranges::sort(took);
    return took;
  }

 private:
  static constexpr std::size_t kStages = 3;
  struct Request {
    double came = 0, ended = 0, rest = 0;
    std::array<double, kStages> needs{};
    std::uint64_t ticket = 0;
    bool sends = false;
  };
  struct Event {
    double at;
    std::size_t request, stage;
    bool operator<(const Event& other) const { return at > other.at; }
  };

  void plan(double at, std::size_t request, std::size_t stage) { events_.push({at, request, stage}); }
  TimePoint time() const { return kStart + from_seconds(now_); }

  void begin(std::size_t number) {
    Request& request = requests_[number];
    Demand demand;
    if (choose_) {
      demand = offers_.plans[choose_()].demand;
    } else {
      const auto assigned = dispatcher_.begin({"m"}, time());
      request.ticket = assigned.ticket;
      demand = assigned.offer->demand;
    }
    std::normal_distribution<double> noise(0, 0.05);
    request.needs = {seconds(demand.edge), seconds(demand.uplink), seconds(demand.cloud)};
    for (double& need : request.needs) need *= std::exp(noise(random_));
    request.rest = seconds(demand.rest);
    request.sends = demand.sends();
    enter(number, 0);
  }

  void enter(std::size_t number, std::size_t stage) {
    Request& request = requests_[number];
    for (; stage < kStages; ++stage) {
      if (stage == 1 && request.sends && !choose_) dispatcher_.sends(request.ticket, time());
      if (request.needs[stage] > 0) break;
    }
    if (stage == kStages) {
      request.ended = now_ + request.rest;
      if (!choose_) dispatcher_.end(request.ticket, time());
      return;
    }
    waiting_[stage].push_back(number);
    start(stage);
  }

  void start(std::size_t stage) {
    if (busy_[stage] || waiting_[stage].empty()) return;
    busy_[stage] = true;
    const std::size_t next = waiting_[stage].front();
    waiting_[stage].pop_front();
    plan(now_ + requests_[next].needs[stage], next, stage);
  }

  void leave(std::size_t number, std::size_t stage) {
    busy_[stage] = false;
    enter(number, stage + 1);
    start(stage);
  }

  Offers offers_;
  Choose choose_;
  Dispatcher dispatcher_{{}};
  std::mt19937_64 random_{1};
  std::vector<Request> requests_;
  std::priority_queue<Event> events_;
  std::array<std::deque<std::size_t>, kStages> waiting_;
  std::array<bool, kStages> busy_{};
  double now_ = 0;
};

double p95(const std::vector<double>& sorted) {
  return sorted[sorted.size() * 95 / 100];
}

double p95_of_dispatch(const Offers& offers, double rate, Arrivals arrivals, std::size_t count = 1500) {
  return p95(Machines(offers, nullptr).serve(count, rate, arrivals));
}

// The best in hindsight.
double p95_of_best_held(const Offers& offers, double rate, Arrivals arrivals, std::size_t count = 1500) {
  double best = 1e9;
  for (std::size_t i = 0; i < offers.plans.size(); ++i)
    best = std::min(best, p95(Machines(offers, [i] { return i; }).serve(count, rate, arrivals)));
  return best;
}

TEST(Dispatcher, KnowsNoPlanOfAModelWithoutOffers) {
  Dispatcher dispatcher({});
  EXPECT_FALSE(dispatcher.begin({"m"}, kStart).offer);
  dispatcher.offer("m", {});
  EXPECT_FALSE(dispatcher.begin({"m"}, kStart).offer);
}

TEST(Dispatcher, ServesByTheUsualPlanWhileNothingWaits) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", alexnet());
  for (int i = 0; i < 40; ++i) {
    const auto request = dispatcher.begin({"m"}, kStart + milliseconds(500) * i);
    ASSERT_TRUE(request.offer);
    EXPECT_EQ(request.offer->plan, cut(kHere));
    EXPECT_EQ(request.latency, milliseconds(60));
    dispatcher.end(request.ticket, kStart + milliseconds(500) * i + milliseconds(60));
  }
}

TEST(Dispatcher, GivesTheNextRequestAnotherPlanWhenTheEdgeIsBusy) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", alexnet());
  EXPECT_EQ(dispatcher.begin({"m"}, kStart).offer->plan, cut(kHere));
  const auto second = dispatcher.begin({"m"}, kStart + milliseconds(5));
  EXPECT_TRUE(second.offer->demand.sends());
  EXPECT_EQ(second.latency, milliseconds(55) + second.offer->demand.total()) << "it waits for the slot first";
}

TEST(Dispatcher, KeepsTheUsualPlanAgainstOneThatIsHardlyBetter) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", {.plans = {here(100), split(0, 0, 50, 48, 0)}, .usual = 0, .hysteresis = 0.03});
  EXPECT_EQ(dispatcher.begin({"m"}, kStart).offer->plan, cut(kHere));
  Dispatcher eager({});
  eager.offer("m", {.plans = {here(100), split(0, 0, 50, 46, 0)}, .usual = 0, .hysteresis = 0.03});
  eager.begin({"m"}, kStart - milliseconds(50));
  EXPECT_EQ(eager.begin({"m"}, kStart).offer->plan.cut, 0u);
}

TEST(Dispatcher, ForgetsWhatHasEnded) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", alexnet());
  const auto first = dispatcher.begin({"m"}, kStart);
  EXPECT_EQ(dispatcher.backlog(kStart + milliseconds(20)).edge, milliseconds(40));
  dispatcher.end(first.ticket, kStart + milliseconds(30));
  EXPECT_EQ(dispatcher.backlog(kStart + milliseconds(30)).requests, 0u);
  dispatcher.end(first.ticket, kStart + milliseconds(31));
  dispatcher.sends(77, kStart);
  EXPECT_EQ(dispatcher.backlog(kStart + milliseconds(40)).edge, Duration{});
}

TEST(Dispatcher, FollowsARequestFromTheEdgeOverTheUplinkToTheCloud) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", {.plans = {split(0, 10, 40, 20)}});
  const auto one = dispatcher.begin({"m"}, kStart);
  dispatcher.sends(one.ticket, kStart + milliseconds(12));
  const auto late = dispatcher.backlog(kStart + milliseconds(22));
  EXPECT_EQ(late.edge, Duration{});
  EXPECT_EQ(late.uplink, milliseconds(30));
  EXPECT_EQ(dispatcher.backlog(kStart + milliseconds(57)).uplink, Duration{});
  EXPECT_EQ(dispatcher.backlog(kStart + milliseconds(57)).cloud, milliseconds(15));
  dispatcher.runs_here(one.ticket, milliseconds(33), kStart + milliseconds(60));
  EXPECT_EQ(dispatcher.backlog(kStart + milliseconds(60)).edge, milliseconds(33));
}

TEST(Dispatcher, KnowsTheRequestsOfOtherModels) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", alexnet());
  dispatcher.offer("other", {.plans = {here(500)}});
  dispatcher.begin({"other"}, kStart);
  EXPECT_NE(dispatcher.begin({"m"}, kStart + milliseconds(1)).offer->plan, cut(kHere));
}

TEST(Dispatcher, GivesARequestThatForcesAPlanThisOne) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", alexnet());
  const plan::Plan forced = cut(kHere), unknown = cut(8);
  EXPECT_EQ(dispatcher.begin({.model = "m", .forced = &forced}, kStart).offer->plan, forced);
  EXPECT_FALSE(dispatcher.begin({.model = "m", .forced = &unknown}, kStart).offer);
}

TEST(Dispatcher, SendsTensorsByNoPlanOfImages) {
  Offers offers = alexnet();
  offers.plans[0].plan.codec = plan::Codec::source;
  offers.usual = 0;
  Dispatcher dispatcher({});
  dispatcher.offer("m", offers);
  EXPECT_EQ(dispatcher.begin({.model = "m"}, kStart).offer->plan.codec, plan::Codec::source);
  EXPECT_EQ(dispatcher.begin({.model = "m", .is_image = false}, kStart).offer->plan.codec, plan::Codec::fp32);
}

TEST(Dispatcher, ABatchTakesAsManyTimesAsLong) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", {.plans = {here(10)}});
  EXPECT_EQ(dispatcher.begin({.model = "m", .batch = 8}, kStart).latency, milliseconds(80));
  EXPECT_EQ(dispatcher.begin({.model = "m"}, kStart).latency, milliseconds(90));
}

TEST(Dispatcher, SaysHowLongARequestThatIsSentWaitsForOthers) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", {.plans = {split(0, 10, 40, 20)}});
  const auto one = dispatcher.begin({"m"}, kStart), two = dispatcher.begin({"m"}, kStart);
  dispatcher.begin({"m"}, kStart);
  EXPECT_EQ(dispatcher.sends(one.ticket, kStart + milliseconds(10)).there, Duration{});
  const Waits waits = dispatcher.sends(two.ticket, kStart + milliseconds(20));
  EXPECT_EQ(waits.there, milliseconds(30));
  EXPECT_EQ(waits.here, milliseconds(10)) << "the third one runs its head";
}

TEST(Dispatcher, TakesThePlanThatIsInTimeThoughAnotherIsBetterForAll) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", alexnet());
  dispatcher.begin({"m"}, kStart);
  const auto hurried = dispatcher.begin({.model = "m", .within = milliseconds(121)}, kStart);
  ASSERT_TRUE(hurried.offer);
  EXPECT_LE(hurried.latency, milliseconds(121));
}

TEST(Dispatcher, RefusesWhatNoPlanCanAnswerInTime) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", alexnet());
  const auto refused = dispatcher.begin({.model = "m", .within = milliseconds(59)}, kStart);
  EXPECT_TRUE(refused.refused);
  EXPECT_FALSE(refused.offer);
  EXPECT_EQ(refused.latency, milliseconds(60));
  EXPECT_EQ(dispatcher.backlog(kStart).requests, 0u);
  EXPECT_FALSE(dispatcher.begin({.model = "m", .within = milliseconds(60)}, kStart).refused);
}

TEST(Dispatcher, AUsualDeadlineRefusesOnlyBecauseOfOtherRequests) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", {.plans = {here(60)}});
  EXPECT_FALSE(dispatcher.begin({.model = "m", .within = milliseconds(50), .strict = false}, kStart).refused);
  EXPECT_FALSE(dispatcher.begin({.model = "m", .within = milliseconds(120), .strict = false}, kStart).refused);
  EXPECT_TRUE(dispatcher.begin({.model = "m", .within = milliseconds(120), .strict = false}, kStart).refused);
}

TEST(Dispatcher, WeighsLongQueuesAsAWhole) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", {.plans = {here(10), split(0, 0, 20, 1, 0)}});
  std::uint64_t at_edge = 0;
  for (int i = 0; i < 300; ++i)
    if (!dispatcher.begin({"m"}, kStart).offer->demand.sends()) ++at_edge;
  EXPECT_NEAR(static_cast<double>(at_edge), 200, 10) << "both queues are equally long";
  EXPECT_EQ(dispatcher.backlog(kStart).requests, 300u);
}

TEST(Dispatcher, MeasuresRateAndBurstsOfArrivals) {
  Dispatcher dispatcher({});
  dispatcher.offer("m", {.plans = {here(1)}});
  EXPECT_EQ(dispatcher.rate(kStart), 0);
  for (int i = 0; i <= 32; ++i) dispatcher.begin({"m"}, kStart + milliseconds(100) * i);
  EXPECT_NEAR(dispatcher.rate(kStart + milliseconds(3250)), 10, 0.01);
  EXPECT_NEAR(dispatcher.burstiness(), 0, 1e-9);
  EXPECT_LT(dispatcher.rate(kStart + std::chrono::seconds(60)), 1);
  for (int i = 0; i < 32; ++i) dispatcher.begin({"m"}, kStart + std::chrono::seconds(4 + i / 4));
  EXPECT_GT(dispatcher.burstiness(), 2);
}

TEST(Dispatcher, IsNearTheBestHeldPlanWhereOneIsGoodAndServesWhereNoneIs) {
  const Offers offers = alexnet();
  const double limit = fluid_limit(offers.plans, {}).rate;
  for (const Arrivals arrivals : {Arrivals::poisson, Arrivals::periodic}) {
    EXPECT_LT(p95_of_dispatch(offers, 0.9 * limit, arrivals), 0.5) << "stays under a limit";
    EXPECT_LT(p95_of_dispatch(offers, 0.9 * limit, arrivals), 1.1 * p95_of_best_held(offers, 0.9 * limit, arrivals));
    EXPECT_LT(p95_of_dispatch(offers, 0.7 * limit, arrivals), 1.1 * p95_of_best_held(offers, 0.7 * limit, arrivals));
  }
}

TEST(Dispatcher, ServesARateThatNoPlanAloneServes) {
  const Offers offers{.plans = {here(50), split(0, 0, 50, 20)}};
  ASSERT_NEAR(fluid_limit(offers.plans, {}).rate, 40, 1e-6);
  for (const Arrivals arrivals : {Arrivals::poisson, Arrivals::periodic}) {
    EXPECT_GT(p95_of_best_held(offers, 32, arrivals), 5);
    EXPECT_LT(p95_of_dispatch(offers, 32, arrivals), 0.25);
  }
}

TEST(Dispatcher, IsNearTheBestHeldPlanInAnyWorldAndAtAnyRate) {
  std::mt19937_64 random(5);
  double ratios = 0;
  int cases = 0;
  for (int world = 0; world < 8; ++world) {
    Offers offers{.plans = drawn(random), .hysteresis = 0.03};
    for (std::size_t i = 0; i < offers.plans.size(); ++i)
      if (offers.plans[i].demand.total() < offers.plans[offers.usual].demand.total()) offers.usual = i;
    const double limit = fluid_limit(offers.plans, {}).rate;
    for (const double share : {0.3, 0.6, 0.9}) {
      for (const Arrivals arrivals : {Arrivals::poisson, Arrivals::periodic}) {
        const double ratio = p95_of_dispatch(offers, share * limit, arrivals, 800) /
                             p95_of_best_held(offers, share * limit, arrivals, 800);
        EXPECT_LT(ratio, 1.6) << "world " << world << " at " << share << " of the limit";
        ratios += std::log(ratio);
        ++cases;
      }
    }
  }
  EXPECT_LT(std::exp(ratios / cases), 0.9) << "over all, it is better than the best in hindsight";
}

TEST(Dispatcher, SimpleRulesChooseBetweenTheEdgeAndTheFastestPlanThatSends) {
  for (const Rule rule : {Rule::shortest_queue, Rule::least_work}) {
    Dispatcher dispatcher({});
    Offers offers = alexnet();
    offers.rule = rule;
    dispatcher.offer("m", offers);
    EXPECT_EQ(dispatcher.begin({"m"}, kStart).offer->plan, cut(kHere));
    EXPECT_TRUE(dispatcher.begin({"m"}, kStart + milliseconds(1)).offer->demand.sends());
  }
}

}  // namespace
}  // namespace tideline::dispatch
