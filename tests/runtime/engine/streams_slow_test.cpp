// Streams under all that happens to them: clouds are killed and restarted, the plan is swapped at every tenth frame,
// and references are dropped. Every answer is that of a single request, and none is lost.
#include "runtime/cloud/cloud_server.h"
#include "runtime/link/peers.h"
#include "tests/runtime/engine/moving_picture.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <thread>

namespace tideline::engine {
namespace {

constexpr std::uint32_t kCameras = 4;
constexpr std::uint64_t kSwapEvery = 10;
constexpr std::uint64_t kRestartEvery = 500;
constexpr std::uint64_t kReconnectEvery = 3;  // Of the restarts, one in so many takes both clouds.

const std::array<plan::Plan, 4>& plans() {
  static const std::array<plan::Plan, 4> all = {
      plan::Plan{lenet()->digest(), 1, plan::Codec::q8}, plan::Plan{lenet()->digest(), 2, plan::Codec::q4},
      plan::Plan{lenet()->digest(), 1, plan::Codec::fp32}, plan::Plan{lenet()->digest(), 0, plan::Codec::q16}};
  return all;
}

std::unique_ptr<cloud::CloudServer> cloud_at(std::uint16_t port) {
  wire::Limits limits;
  limits.references = 48_KiB;  // A few frames: most streams drop others.
  limits.peer_references = 48_KiB;
  auto cloud =
      cloud::CloudServer::start({.listen = {"127.0.0.1", port}, .limits = limits, .tails = {.most_together = 1}},
                                {{"lenet", lenet()}}, silent_log());
  EXPECT_TRUE(cloud) << cloud.error().message;
  return *std::move(cloud);
}

// The right answers, of each plan's cloud and of the whole network, by picture.
class Answers {
 public:
  Answers() {
    for (std::uint32_t camera = 0; camera < kCameras; ++camera)
      for (std::uint32_t frame = 0; frame < kPictures; ++frame) {
        const std::vector<Tensor> input = picture(camera, frame);
        for (const plan::Plan& plan : plans())
          single_.emplace(std::tuple(plan, camera, frame), single_answer(plan, input));
        whole_.emplace(std::pair(camera, frame), *lenet()->run(lenet()->whole(), input));
      }
  }
  bool has(const InferResult& served, std::uint32_t camera, std::uint32_t frame) const {
    const std::vector<Tensor>& right = served.placement == Placement::fallback
                                           ? whole_.at({camera, frame % kPictures})
                                           : single_.at({served.plan, camera, frame % kPictures});
    return identical(served.outputs.at(0), right.at(0));
  }

 private:
  std::map<std::tuple<plan::Plan, std::uint32_t, std::uint32_t>, std::vector<Tensor>> single_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<Tensor>> whole_;
};

// Two clouds at fixed ports, and an edge that is linked to both.
struct StreamWorld {
  StreamWorld() {
    for (auto& cloud : clouds) cloud = cloud_at(0);
    for (std::size_t i = 0; i < clouds.size(); ++i) ports[i] = clouds[i]->port();
    link::Peers::Options options;
    for (const std::uint16_t port : ports) options.peers.push_back({.peer = {"127.0.0.1", port}});
    options.health.first_ejection = std::chrono::milliseconds(20);
    options.health.longest_ejection = std::chrono::milliseconds(100);
    options.health.slow_start = std::chrono::milliseconds(1);
    options.reconnect_after = std::chrono::milliseconds(700);
    link = std::make_unique<link::Peers>(std::move(options), nullptr, silent_log());
    engine = *Engine::start(
        "lenet", {.model = lenet(), .link = link.get(), .compute = &gate, .patience = std::chrono::seconds(20)},
        plans()[0]);
  }
  void restart(std::size_t which) {
    refusals += misses(*clouds[which]);
    clouds[which].reset();
    clouds[which] = cloud_at(ports[which]);
  }
  static std::uint64_t misses(const cloud::CloudServer& cloud) {
    const auto refusals = cloud.counters().refusals;
    for (const auto& [reason, count] : refusals)
      EXPECT_TRUE(reason == "no_reference" || reason == "overloaded") << reason;
    const auto found = refusals.find("no_reference");
    return found == refusals.end() ? 0 : found->second;
  }

  Gate gate{1};
  std::array<std::unique_ptr<cloud::CloudServer>, 2> clouds;
  std::array<std::uint16_t, 2> ports{};
  std::unique_ptr<link::Peers> link;
  std::unique_ptr<Engine> engine;
  std::uint64_t refusals = 0;  // For want of a reference, by clouds that are gone.
};

struct Tally {
  std::atomic<std::uint64_t> asked{0};
  std::atomic<std::uint64_t> lost{0};
  std::atomic<std::uint64_t> wrong{0};
  std::array<std::atomic<std::uint64_t>, 4> placements{};
  std::array<std::atomic<std::uint64_t>, 3> forms{};
};

// One camera. Now and then its sequence starts again, or ends.
void film(StreamWorld& world, const Answers& answers, std::uint32_t camera, std::uint64_t frames, Tally& tally) {
  while (true) {
    const std::uint64_t number = tally.asked++;
    if (number >= frames) break;
    const auto frame = static_cast<std::uint32_t>(number / kCameras);
    Stream stream{"camera-" + std::to_string(camera), number % 97 == 0, number % 89 == 0};
    const auto served = world.engine->infer({.inputs = picture(camera, frame), .stream = std::move(stream)});
    if (!served) {
      ++tally.lost;
      ADD_FAILURE() << served.error().message;
      continue;
    }
    tally.wrong += answers.has(*served, camera, frame) ? 0 : 1;
    ++tally.placements[static_cast<std::size_t>(served->placement)];
    if (served->stream) ++tally.forms[static_cast<std::size_t>(*served->stream)];
  }
}

// Swaps plans and restarts clouds as the frames go by.
void disturb(StreamWorld& world, std::uint64_t frames, const Tally& tally) {
  std::uint64_t swapped = 0;
  std::uint64_t restarted = 0;
  while (tally.asked < frames) {
    const std::uint64_t now = tally.asked;
    if (now / kSwapEvery != swapped) {
      swapped = now / kSwapEvery;
      EXPECT_TRUE(world.engine->swap(plans()[swapped % plans().size()]));
    }
    if (now / kRestartEvery != restarted) {
      restarted = now / kRestartEvery;
      world.restart(restarted % 2);
      if (restarted % kReconnectEvery == 0) world.restart((restarted + 1) % 2);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

TEST(StreamsUnderFire, EveryAnswerIsThatOfASingleRequestAndNoneIsLost) {
  const char* const asked = std::getenv("TIDELINE_STREAM_FRAMES");
  const std::uint64_t frames = asked ? std::strtoull(asked, nullptr, 10) : 10'000;
  const Answers answers;
  StreamWorld world;
  Tally tally;
  {
    std::jthread disturber([&] { disturb(world, frames, tally); });
    std::vector<std::jthread> cameras;
    for (std::uint32_t camera = 0; camera < kCameras; ++camera)
      // Two clients of each camera: its frames overtake each other.
      for (int client = 0; client < 2; ++client)
        cameras.emplace_back([&, camera] { film(world, answers, camera, frames, tally); });
  }
  for (const auto& cloud : world.clouds) world.refusals += StreamWorld::misses(*cloud);
  const auto count = [](const std::atomic<std::uint64_t>& number) { return static_cast<unsigned long long>(number); };
  std::printf(
      "%llu frames: cloud %llu, split %llu, fallback %llu; whole %llu, difference %llu, resent %llu; %llu refused "
      "for want of a reference\n",
      static_cast<unsigned long long>(frames), count(tally.placements[1]), count(tally.placements[2]),
      count(tally.placements[3]), count(tally.forms[0]), count(tally.forms[1]), count(tally.forms[2]),
      static_cast<unsigned long long>(world.refusals));
  EXPECT_EQ(tally.lost, 0u);
  EXPECT_EQ(tally.wrong, 0u);
  EXPECT_GT(tally.forms[static_cast<std::size_t>(StreamForm::whole)], 0u);
  EXPECT_GT(tally.forms[static_cast<std::size_t>(StreamForm::difference)], 0u);
  EXPECT_GT(tally.forms[static_cast<std::size_t>(StreamForm::resent)], 0u);
  EXPECT_GT(world.refusals, 0u);
}

}  // namespace
}  // namespace tideline::engine
