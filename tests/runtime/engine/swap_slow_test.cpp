// The swap under load: the cut changes as fast as it goes while clients ask, and no request notices.
#include "profiler/fit/statistics.h"
#include "runtime/cloud/cloud_server.h"
#include "runtime/engine/engine.h"
#include "runtime/link/tcp_link.h"
#include "tests/support/lenet.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

namespace tideline::engine {
namespace {

constexpr int kClients = 4;
constexpr std::uint64_t kLeastRequests = 4000;
constexpr std::uint64_t kSeeds = 16;  // Different inputs, so that an answer to another request shows.

struct World {
  World() {
    cloud = *cloud::CloudServer::start({.listen = {"127.0.0.1", 0}, .tails = {.most_together = 1}},
                                       {{"lenet", lenet()}}, silent_log());
    link = std::make_unique<link::TcpLink>(link::TcpLink::Options{.peer = {"127.0.0.1", cloud->port()}}, nullptr,
                                           silent_log());
    EXPECT_TRUE(link->wait_up(Clock::now() + std::chrono::seconds(10)));
    engine = *Engine::start(
        "lenet", {.model = lenet(), .link = link.get(), .compute = &gate, .patience = std::chrono::seconds(20)},
        plan_at(0));
    for (const model::Cut& cut : lenet()->cuts()) EXPECT_TRUE(engine->warm(plan_at(cut.index)));
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      inputs.push_back(model::random_tensors(lenet()->inputs(), seed));
      expected.push_back(*lenet()->run(lenet()->whole(), inputs.back()));
    }
  }
  static plan::Plan plan_at(std::uint32_t cut) { return {lenet()->digest(), cut, plan::Codec::fp32}; }

  Gate gate{1};
  std::unique_ptr<cloud::CloudServer> cloud;
  std::unique_ptr<link::TcpLink> link;
  std::unique_ptr<Engine> engine;
  std::vector<std::vector<Tensor>> inputs;
  std::vector<std::vector<Tensor>> expected;
  std::atomic<std::uint64_t> answered{0};
};

struct Outcome {
  std::vector<double> latencies_ms;
  std::uint64_t failed = 0;
  std::uint64_t wrong = 0;
  std::uint64_t placements[4] = {};
};

// Four clients ask for as long as `go_on` says; `fixed` spreads the plans without any swap.
template <typename GoOn>
Outcome load(World& world, GoOn go_on, bool fixed) {
  Outcome outcome;
  std::mutex m;
  std::vector<std::jthread> clients;
  for (int c = 0; c < kClients; ++c)
    clients.emplace_back([&, c] {
      Outcome mine;
      for (std::uint64_t i = static_cast<std::uint64_t>(c); go_on(); i += kClients) {
        const auto cut = static_cast<std::uint32_t>(i % lenet()->cuts().size());
        const TimePoint began = Clock::now();
        const auto served = world.engine->infer({world.inputs[i % kSeeds], fixed ? std::optional(cut) : std::nullopt});
        mine.latencies_ms.push_back(milliseconds(Clock::now() - began));
        ++world.answered;
        if (!served) {
          ++mine.failed;
          continue;
        }
        mine.wrong += identical(served->outputs.at(0), world.expected[i % kSeeds].at(0)) ? 0 : 1;
        ++mine.placements[static_cast<std::size_t>(served->placement)];
      }
      const std::lock_guard lock(m);
      outcome.latencies_ms.insert(outcome.latencies_ms.end(), mine.latencies_ms.begin(), mine.latencies_ms.end());
      outcome.failed += mine.failed;
      outcome.wrong += mine.wrong;
      for (int p = 0; p < 4; ++p) outcome.placements[p] += mine.placements[p];
    });
  clients.clear();
  return outcome;
}

void print(const char* what, const Outcome& o) {
  std::printf(
      "%s: %zu requests (edge %llu, cloud %llu, split %llu, fallback %llu), %llu failed, %llu wrong; p50 %.3f ms, p99 "
      "%.3f ms\n",
      what, o.latencies_ms.size(), static_cast<unsigned long long>(o.placements[0]),
      static_cast<unsigned long long>(o.placements[1]), static_cast<unsigned long long>(o.placements[2]),
      static_cast<unsigned long long>(o.placements[3]), static_cast<unsigned long long>(o.failed),
      static_cast<unsigned long long>(o.wrong), fit::quantile(o.latencies_ms, 0.5),
      fit::quantile(o.latencies_ms, 0.99));
}

TEST(Swap, AsFastAsItGoesLosesNoRequestAndMixesNoAnswers) {
  const char* const asked = std::getenv("TIDELINE_SWAPS");  // Fewer under a sanitizer, which is ten times slower.
  const std::uint64_t swaps = asked ? std::strtoull(asked, nullptr, 10) : 100'000;
  World world;
  std::vector<double> swap_ms;
  swap_ms.reserve(swaps);
  std::atomic<bool> swapping{true};

  std::jthread swapper([&] {
    for (std::uint64_t i = 0; i < swaps || world.answered < kLeastRequests; ++i) {
      const auto cut = static_cast<std::uint32_t>(i % lenet()->cuts().size());
      const TimePoint began = Clock::now();
      EXPECT_TRUE(world.engine->swap(World::plan_at(cut)));
      swap_ms.push_back(milliseconds(Clock::now() - began));
    }
    swapping = false;
  });
  const Outcome with = load(world, [&] { return swapping.load(); }, false);
  swapper.join();
  std::atomic<std::int64_t> left{static_cast<std::int64_t>(with.latencies_ms.size())};
  const Outcome without = load(world, [&] { return left-- > 0; }, true);

  std::printf("%zu swaps: p50 %.4f ms, p99 %.4f ms, most %.4f ms\n", swap_ms.size(), fit::quantile(swap_ms, 0.5),
              fit::quantile(swap_ms, 0.99), fit::quantile(swap_ms, 1));
  print("while swapping", with);
  print("without swaps ", without);
  EXPECT_GE(world.engine->counters().swaps, swaps);
  EXPECT_EQ(with.failed, 0u);
  EXPECT_EQ(with.wrong, 0u);
  EXPECT_GE(with.latencies_ms.size(), kLeastRequests);
  EXPECT_EQ(with.placements[static_cast<std::size_t>(Placement::fallback)], 0u);
}

}  // namespace
}  // namespace tideline::engine
