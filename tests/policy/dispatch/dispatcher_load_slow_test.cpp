// The dispatcher under load, beside every plan held, on machines whose requests vary from what is offered.
#include "policy/dispatch/dispatcher.h"
#include "policy/dispatch/fluid_limit.h"
#include "tests/policy/dispatch/offers.h"

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

  Machines(Offers offers, Choose choose, std::uint64_t seed = 1)
      : offers_(std::move(offers)), choose_(std::move(choose)), random_(seed) {
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
  std::mt19937_64 random_;
  std::vector<Request> requests_;
  std::priority_queue<Event> events_;
  std::array<std::deque<std::size_t>, kStages> waiting_;
  std::array<bool, kStages> busy_{};
  double now_ = 0;
};

double p95(const std::vector<double>& sorted) {
  return sorted[sorted.size() * 95 / 100];
}

double p95_of_dispatch(const Offers& offers, double rate, Arrivals arrivals, std::size_t count = 1500,
                       std::uint64_t seed = 1) {
  return p95(Machines(offers, nullptr, seed).serve(count, rate, arrivals));
}

// The best in hindsight.
double p95_of_best_held(const Offers& offers, double rate, Arrivals arrivals, std::size_t count = 1500,
                        std::uint64_t seed = 1) {
  double best = 1e9;
  for (std::size_t i = 0; i < offers.plans.size(); ++i)
    best = std::min(best, p95(Machines(offers, [i] { return i; }, seed).serve(count, rate, arrivals)));
  return best;
}

// At 0.9 of the limit a p95 of 1500 requests is 0.3 to 0.9 s by the draw, with any plans; so all draws are compared
// with what the best held plan has for the same requests.
TEST(DispatcherUnderLoad, IsNearTheBestHeldPlanWhereOneIsGoodAndServesWhereNoneIs) {
  const Offers offers = alexnet();
  const double limit = fluid_limit(offers.plans, {}).rate;
  constexpr int kDraws = 8;
  double crowded = 0;
  for (std::uint64_t seed = 1; seed <= kDraws; ++seed) {
    const auto over_held = [&](double share, Arrivals arrivals) {
      return p95_of_dispatch(offers, share * limit, arrivals, 1500, seed) /
             p95_of_best_held(offers, share * limit, arrivals, 1500, seed);
    };
    for (const double share : {0.7, 0.9}) EXPECT_LT(over_held(share, Arrivals::periodic), 1.1) << seed;
    EXPECT_LT(over_held(0.7, Arrivals::poisson), 1.1) << seed;
    const double ratio = over_held(0.9, Arrivals::poisson);
    EXPECT_LT(ratio, 1.1) << seed;
    crowded += ratio / kDraws;
  }
  EXPECT_LT(crowded, 0.7) << "half a second where the best held plan has 0.71";
}

TEST(DispatcherUnderLoad, ServesARateThatNoPlanAloneServes) {
  const Offers offers{.plans = {here(50), split(0, 0, 50, 20)}};
  ASSERT_NEAR(fluid_limit(offers.plans, {}).rate, 40, 1e-6);
  for (const Arrivals arrivals : {Arrivals::poisson, Arrivals::periodic}) {
    EXPECT_GT(p95_of_best_held(offers, 32, arrivals), 5);
    EXPECT_LT(p95_of_dispatch(offers, 32, arrivals), 0.25);
  }
}

TEST(DispatcherUnderLoad, IsNearTheBestHeldPlanInAnyWorldAndAtAnyRate) {
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

}  // namespace
}  // namespace tideline::dispatch
