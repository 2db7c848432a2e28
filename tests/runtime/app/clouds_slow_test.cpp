// Several clouds under load while one is killed and another drained: through a list of peers, and through HAProxy.
#include "tests/runtime/app/client.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <regex>
#include <thread>

namespace tideline {
namespace {

constexpr double kRate = 80;  // Requests per second.
constexpr int kClients = 8;
constexpr Duration kStep = std::chrono::milliseconds(1500);

// Asks at a fixed rate, whether earlier requests were answered or not, and compares every answer.
class OpenLoop {
 public:
  OpenLoop(std::uint16_t port, json expected) : port_(port), expected_(std::move(expected)) {
    for (int i = 0; i < kClients; ++i) threads_.emplace_back([this] { ask(); });
  }
  ~OpenLoop() { stop(); }
  void stop() {
    done_ = true;
    threads_.clear();
  }
  void report(const char* how) {
    const std::lock_guard lock(m_);
    std::ranges::sort(latencies_);
    const auto at = [&](double share) {
      return latencies_[static_cast<std::size_t>(share * (latencies_.size() - 1.0))];
    };
    std::printf("%s: %zu requests, %d failed, %d wrong, %d fallbacks, %d by the edge; p50 %.1f ms, p99 %.1f ms\n", how,
                latencies_.size(), failed.load(), wrong.load(), placements_["fallback"], placements_["edge"], at(0.5),
                at(0.99));
  }
  int answered_by_clouds() {
    const std::lock_guard lock(m_);
    return placements_["split"];
  }
  std::atomic<int> failed{0};
  std::atomic<int> wrong{0};

 private:
  void ask() {
    while (!done_) {
      const TimePoint due = start_ + from_seconds(next_++ / kRate);
      std::this_thread::sleep_until(due);
      const Answer answer = infer(port_);
      if (answer.status != 200) ++failed;
      if (answer.status == 200 && answer.data != expected_) ++wrong;
      const std::lock_guard lock(m_);
      latencies_.push_back(milliseconds(Clock::now() - due));
      if (answer.status == 200) ++placements_[answer.parameters["placement"]];
    }
  }

  const std::uint16_t port_;
  const json expected_;
  const TimePoint start_ = Clock::now();
  std::atomic<int> next_{0};
  std::atomic<bool> done_{false};
  std::mutex m_;
  std::vector<double> latencies_;          // Guarded by m_, as the next.
  std::map<std::string, int> placements_;  // Of those that were answered.
  std::vector<std::jthread> threads_;
};

std::vector<RunningAgent> three_clouds() {
  std::vector<RunningAgent> clouds;
  for (int i = 0; i < 3; ++i) clouds.push_back(start_cloud());
  return clouds;
}

json own_answer(std::uint16_t edge) {
  return infer(edge, {{"cut", status(edge)["models"][0]["cuts"].size() - 1}}).data;
}

// Kills one cloud and drains another in mid-load; every request must be answered, and rightly.
void one_dies_and_one_drains(std::uint16_t edge, const std::vector<RunningAgent>& clouds, const char* how) {
  OpenLoop load(edge, own_answer(edge));
  ASSERT_TRUE(eventually([&] { return load.answered_by_clouds() > 40; }));
  clouds[0].child->signal(SIGKILL);
  std::this_thread::sleep_for(kStep);
  clouds[1].child->signal(SIGTERM);
  EXPECT_EQ(clouds[1].child->wait(), 0);
  std::this_thread::sleep_for(kStep);
  const int before = load.answered_by_clouds();
  EXPECT_TRUE(eventually([&] { return load.answered_by_clouds() > before + 20; })) << "the third cloud serves on";
  load.stop();
  load.report(how);
  EXPECT_EQ(load.failed, 0);
  EXPECT_EQ(load.wrong, 0);
}

TEST(Clouds, ThroughAListOfPeersNoRequestIsLost) {
  const auto clouds = three_clouds();
  const RunningAgent edge = start_edge({"--peer", local_address(clouds[0].port) + "," + local_address(clouds[1].port),
                                        "--peer", local_address(clouds[2].port), "--cut", "2"});
  const auto all_up = [&] {
    const json peers = status(edge.port)["link"]["peers"];
    return std::ranges::all_of(peers, [](const json& peer) { return peer["up"].get<bool>(); }) && peers.size() == 3;
  };
  ASSERT_TRUE(eventually(all_up));
  one_dies_and_one_drains(edge.port, clouds, "a list of peers");
  std::uint64_t retried = 0;
  const json now = status(edge.port);
  for (const json& peer : now["link"]["peers"]) {
    retried += peer["retried"].get<std::uint64_t>();
    EXPECT_GT(peer["answered"], 0) << peer;
  }
  std::printf("asked again of another peer: %llu\n", static_cast<unsigned long long>(retried));
}

std::string haproxy() {
  for (const char* const file : {"/usr/sbin/haproxy", "/usr/local/sbin/haproxy"})
    if (std::filesystem::exists(file)) return file;
  return "";
}

// The example of configs/, with the addresses of this test.
std::string with_addresses(std::uint16_t port, const std::vector<RunningAgent>& clouds) {
  std::ifstream in(TIDELINE_SOURCE "/configs/haproxy.cfg");
  std::string text((std::istreambuf_iterator<char>(in)), {});
  text = std::regex_replace(text, std::regex("bind :7070"), "bind " + local_address(port));
  text = std::regex_replace(text, std::regex("maxconn 20000"), "maxconn 100");  // So that it asks for few files.
  for (std::size_t i = 0; i < clouds.size(); ++i)
    text = std::regex_replace(text, std::regex(fmt::format("cloud-{}\\.example:7070", i + 1)),
                              local_address(clouds[i].port));
  return text.substr(0, text.find("frontend numbers"));  // Another port, which nobody asks here.
}

// Returns a port that was free a moment ago: HAProxy does not say which one it took.
std::uint16_t free_port() {
  auto taken = start_cloud();
  taken.child->signal(SIGTERM);
  taken.child->wait();
  return taken.port;
}

TEST(Clouds, ThroughHaproxyNoRequestIsLost) {
  if (haproxy().empty()) GTEST_SKIP() << "haproxy is not installed";
  const auto clouds = three_clouds();
  const std::uint16_t port = free_port();
  const TemporaryFolder folder;
  Child proxy({haproxy(), "-db", "-f", folder.with("haproxy.cfg", with_addresses(port, clouds))});
  // One edge holds one connection: an edge that reconnects comes to all the clouds in turn.
  const RunningAgent edge = start_edge({"--peer", local_address(port), "--cut", "2", "--reconnect-after", "300ms"});
  ASSERT_TRUE(eventually([&] { return linked(edge.port); })) << proxy.err();
  one_dies_and_one_drains(edge.port, clouds, "HAProxy");
  EXPECT_GT(status(edge.port)["link"]["connects"], 5);
}

}  // namespace
}  // namespace tideline
