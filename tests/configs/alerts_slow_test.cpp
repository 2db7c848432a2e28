// Every alert, set off by a real agent in that state: its /metrics, given to promtool with the rules.
#include "runtime/http/metrics.h"
#include "runtime/link/tcp_link.h"
#include "tests/configs/fleet.h"

#include <gmock/gmock.h>

#include <csignal>
#include <thread>

namespace tideline {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

class Alerts : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_promtool()) GTEST_SKIP() << "promtool is not installed (Debian: prometheus)";
  }
  // The alerts that fire if the agent goes on as it does during `meanwhile`.
  template <typename Job>
  static std::set<std::string> of(std::uint16_t port, Job meanwhile) {
    const Scrape before = scrape(port);
    meanwhile();
    return alerts(before, scrape(port));
  }
  static std::set<std::string> of(std::uint16_t port) {
    return of(port, [] {});
  }
};

// The description of this machine, as a cloud on it gives it.
table::PartitionTable::Origin this_machine(const json& edge_status) {
  table::PartitionTable::Origin origin;
  for (const auto& [key, value] : edge_status["link"]["machine"].items()) origin.edge[key] = value.get<std::string>();
  origin.cloud = origin.edge;
  return origin;
}

TEST_F(Alerts, AreQuietWhileAllIsWell) {
  const FleetCertificates certificates(std::chrono::hours(24 * 400));
  const RunningAgent cloud = start_cloud(certificates.of("cloud") + Flags{"--http", "127.0.0.1:0"});
  const RunningAgent edge = start_edge(certificates.of("edge") + Flags{"--peer", local_address(cloud.port)});
  ASSERT_TRUE(eventually([&] { return linked(edge.port); }));
  EXPECT_THAT(of(edge.port, [&] { EXPECT_EQ(infer(edge.port, {{"cut", 2}}).status, 200); }), IsEmpty());
  EXPECT_THAT(of(http_port(cloud)), IsEmpty());
}

TEST_F(Alerts, TellOfACloudThatIsAway) {
  const RunningAgent edge = start_edge({"--peer", "127.0.0.1:1"});
  EXPECT_THAT(of(edge.port), Contains("TidelineCloudAway"));
}

TEST_F(Alerts, TellOfAnEdgeWithTooManyRequests) {
  const TemporaryFolder folder;
  const RunningAgent edge = start_edge({"-c", folder.with("edge.toml", "[http]\nworkers = 1\n")});
  const std::string text =
      body({}, json::parse(httplib::Client("127.0.0.1", edge.port).Get("/v2/models/lenet")->body)["inputs"][0]["name"]);
  std::vector<std::jthread> clients;
  for (int i = 0; i < 12; ++i)
    clients.emplace_back([&](const std::stop_token& stop) {
      httplib::Client client("127.0.0.1", edge.port);
      client.set_keep_alive(true);
      client.set_tcp_nodelay(true);
      while (!stop.stop_requested()) client.Post(kInfer, text, "application/json");
    });
  EXPECT_TRUE(eventually([&] { return of(edge.port).contains("TidelineEdgeOverloaded"); }));
}

TEST_F(Alerts, TellOfRefusalsAndOfATableThatIsWrong) {
  const RunningAgent cloud = start_cloud();
  const RunningAgent first = start_edge({"--peer", local_address(cloud.port)});
  ASSERT_TRUE(eventually([&] { return linked(first.port); }));
  table::PartitionTable::Origin origin = this_machine(status(first.port));
  origin.edge["cpu"] = "another one";
  const TemporaryFolder folder;
  const std::string table = folder.with("table.json", table_of(status(first.port), origin, std::chrono::seconds(5)));
  const RunningAgent edge =
      start_edge({"--peer", local_address(cloud.port), "--table", table, "--policy", "static", "--cut", "2"});
  ASSERT_TRUE(eventually([&] { return linked(edge.port); }));
  const auto fired = of(edge.port, [&] {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(infer(edge.port).status, 200);
    EXPECT_EQ(infer(edge.port, {{"timeout", 1}}).status, 503);
  });
  EXPECT_THAT(fired, Contains("TidelineRefusals"));
  EXPECT_THAT(fired, Contains("TidelinePredictionOff"));
  EXPECT_THAT(fired, Contains("TidelineTableOfAnotherMachine"));

  const RunningAgent unusable = start_edge({"--table", folder.with("bad.json", "{}")});
  EXPECT_THAT(of(unusable.port), Contains("TidelineTableUnusable"));
}

// It takes an agent half an hour of requests to be sure, so here its page is that of one that is.
TEST_F(Alerts, TellOfATableThatNoLongerFits) {
  http::Metrics metrics({.version = "1"});
  engine::AgentStatus status;
  status.table = std::make_shared<const table::PartitionTable>(
      fixtures::made({fixtures::cell({}, {}, {fixtures::ms(1), fixtures::ms(2), fixtures::ms(3)})}));
  metrics.set_table("net", status, nullptr);
  EXPECT_THAT(alerts({}, lines_of(metrics.text())), IsEmpty());
  status.fit = {.misfit = estimate::Misfit{}, .evidence = 1};
  metrics.set_table("net", status, nullptr);
  EXPECT_THAT(alerts({}, lines_of(metrics.text())), Contains("TidelineTableNoLongerFits"));
}

TEST_F(Alerts, TellOfACloudThatRefusesTails) {
  const RunningAgent cloud = start_cloud({"--http", "127.0.0.1:0"});
  const auto fired = of(http_port(cloud), [&] {
    link::TcpLink link({.peer = {"127.0.0.1", cloud.port}}, nullptr, silent_log());
    ASSERT_TRUE(link.wait_up(Clock::now() + std::chrono::seconds(20)));
    wire::TailRequest unknown;
    unknown.plan = fixtures::plan_at(1);
    unknown.deadline = Clock::now() + std::chrono::seconds(20);
    const auto answer = link.send(unknown)->wait(unknown.deadline);
    ASSERT_TRUE(answer);
    EXPECT_FALSE(*answer) << "no cloud holds that model";
  });
  EXPECT_THAT(fired, Contains("TidelineCloudRefusals"));
}

TEST_F(Alerts, TellOfCertificates) {
  const FleetCertificates soon(std::chrono::hours(24 * 20)), past(std::chrono::hours(0));
  const RunningAgent cloud = start_cloud(soon.of("cloud") + Flags{"--http", "127.0.0.1:0"});
  EXPECT_THAT(of(http_port(cloud)), Contains("TidelineCertificateExpiresSoon"));
  std::filesystem::copy_file(past.file("cloud.key"), soon.file("cloud.key"),
                             std::filesystem::copy_options::overwrite_existing);
  cloud.child->signal(SIGHUP);
  ASSERT_TRUE(cloud.child->says("is not the key of the certificate in"));
  EXPECT_THAT(of(http_port(cloud)), Contains("TidelineCertificateRefused"));
  const RunningAgent late = start_cloud(past.of("cloud") + Flags{"--http", "127.0.0.1:0"});
  EXPECT_THAT(of(http_port(late)), Contains("TidelineCertificateExpired"));
}

}  // namespace
}  // namespace tideline
