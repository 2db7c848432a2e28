// The agent as a service: real processes on both ends, a client over HTTP, and what befalls services.
#include "runtime/app/modes/fingerprint.h"
#include "tests/runtime/app/client.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <thread>

namespace tideline {
namespace {

TEST(Service, EveryCutAnswersTheSameOverRealProcesses) {
  const RunningAgent cloud = start_cloud();
  const RunningAgent edge = start_edge({"--peer", local_address(cloud.port)});
  ASSERT_TRUE(eventually([&] { return linked(edge.port); }));
  EXPECT_EQ(status(edge.port)["link"]["machine"]["architecture"], modes::architecture());
  const json cuts = status(edge.port)["models"][0]["cuts"];
  const Answer whole = infer(edge.port, {{"cut", cuts.size() - 1}});
  ASSERT_EQ(whole.status, 200);
  EXPECT_EQ(whole.parameters["placement"], "edge");
  for (std::size_t cut = 0; cut + 1 < cuts.size(); ++cut) {
    const Answer answer = infer(edge.port, {{"cut", cut}});
    ASSERT_EQ(answer.status, 200) << cut;
    EXPECT_EQ(answer.parameters["placement"], cut == 0 ? "cloud" : "split") << cut;
    EXPECT_EQ(answer.data, whole.data) << cut;
  }
  EXPECT_EQ(infer(edge.port, {{"cut", cuts.size()}}).status, 400);
}

TEST(Service, WithoutACloudItServesFromTheEdge) {
  const RunningAgent edge = start_edge({"--peer", "127.0.0.1:1", "--cut", "0"});
  const Answer answer = infer(edge.port);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.parameters["placement"], "edge") << "a cloud that is known to be away is not even asked";
}

// The same but for rounding: a cloud may run several requests as one batch.
bool near(const json& a, const json& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (std::abs(a[i].get<double>() - b[i].get<double>()) > 1e-4) return false;
  return true;
}

// Clients ask without pause; every answer is compared with the edge's own.
class Clients {
 public:
  Clients(std::uint16_t port, json expected) : port_(port), expected_(std::move(expected)) {
    for (int i = 0; i < 3; ++i) threads_.emplace_back([this] { ask(); });
  }
  std::map<std::string, int> placements() {
    const std::lock_guard lock(m_);
    return placements_;
  }
  int seen(const std::string& placement) { return placements()[placement]; }
  std::atomic<int> failed{0};
  std::atomic<int> wrong{0};

 private:
  void ask() {
    while (!done_.stop_requested()) {
      const Answer answer = infer(port_);
      if (answer.status != 200) ++failed;
      if (answer.status != 200) continue;
      if (!near(answer.data, expected_)) ++wrong;
      const std::lock_guard lock(m_);
      ++placements_[answer.parameters["placement"]];
    }
  }
  const std::uint16_t port_;
  const json expected_;
  std::mutex m_;
  std::map<std::string, int> placements_;  // Guarded by m_.
  std::stop_source done_;
  struct Stop {
    std::stop_source& source;
    ~Stop() { source.request_stop(); }
  };
  std::vector<std::jthread> threads_;
  Stop stop_{done_};  // Destroyed before the threads are joined.
};

TEST(Service, ACloudThatIsKilledAndComesBackCostsNoRequest) {
  auto cloud = std::make_unique<RunningAgent>(start_cloud());
  const std::uint16_t cloud_port = cloud->port;
  const RunningAgent edge = start_edge({"--peer", local_address(cloud_port), "--cut", "2"});
  ASSERT_TRUE(eventually([&] { return linked(edge.port) && infer(edge.port).parameters["placement"] == "split"; }));
  const json own = infer(edge.port, {{"cut", status(edge.port)["models"][0]["cuts"].size() - 1}}).data;

  Clients clients(edge.port, own);
  ASSERT_TRUE(eventually([&] { return clients.seen("split") > 50; }));
  const int local_before = clients.seen("edge") + clients.seen("fallback");
  cloud->child->signal(SIGKILL);
  const TimePoint killed = Clock::now();
  ASSERT_TRUE(eventually([&] { return clients.seen("edge") + clients.seen("fallback") > local_before; }));
  const double first_local_ms = milliseconds(Clock::now() - killed);
  ASSERT_TRUE(eventually([&] { return clients.seen("edge") > 20; }));

  cloud = std::make_unique<RunningAgent>(start_cloud({}, cloud_port));
  const TimePoint back = Clock::now();
  const int split_before = clients.seen("split");
  ASSERT_TRUE(eventually([&] { return clients.seen("split") > split_before; }));
  std::printf("first answer without the cloud after %.1f ms; traffic is back %.1f ms after the cloud listens\n",
              first_local_ms, milliseconds(Clock::now() - back));
  EXPECT_EQ(clients.failed, 0);
  EXPECT_EQ(clients.wrong, 0);
}

TEST(Service, ACloudThatDrainsCostsNoRequestAndAnotherTakesOver) {
  RunningAgent cloud = start_cloud();
  const RunningAgent edge = start_edge({"--peer", local_address(cloud.port), "--cut", "2"});
  ASSERT_TRUE(eventually([&] { return linked(edge.port) && infer(edge.port).parameters["placement"] == "split"; }));
  const json own = infer(edge.port, {{"cut", status(edge.port)["models"][0]["cuts"].size() - 1}}).data;

  Clients clients(edge.port, own);
  for (int turn = 0; turn < 3; ++turn) {
    const int split_before = clients.seen("split");
    ASSERT_TRUE(eventually([&] { return clients.seen("split") > split_before + 20; }));
    cloud.child->signal(SIGTERM);
    EXPECT_EQ(cloud.child->wait(), 0);
    const int edge_before = clients.seen("edge");
    ASSERT_TRUE(eventually([&] { return clients.seen("edge") > edge_before + 5; }));
    cloud = start_cloud({}, cloud.port);
  }
  EXPECT_EQ(clients.failed, 0);
  EXPECT_EQ(clients.wrong, 0);
}

TEST(Service, OneCloudServesSeveralModelsToSeveralEdges) {
  const TemporaryFolder folder;
  const std::string other = (folder / "other.pt").string();
  ASSERT_EQ(run_agent({TIDELINE_AGENT, "--zoo", "lenet", "--seed", "2", "--out", other}).code, 0);
  const RunningAgent cloud = start_cloud({"--model", "other=" + other});
  const RunningAgent edge = start_edge({"--peer", local_address(cloud.port), "--model", "other=" + other});
  ASSERT_TRUE(eventually([&] { return linked(edge.port); }));
  std::map<std::string, json> data;
  for (const std::string name : {"lenet", "other"}) {
    const auto ask = [&] {
      httplib::Client client("127.0.0.1", edge.port);
      return client.Post("/v2/models/" + name + "/infer", body({{"cut", 0}}), "application/json");
    };
    const auto answer = ask();
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->status, 200) << answer->body;
    const json told = json::parse(answer->body);
    EXPECT_EQ(told["parameters"]["placement"], "cloud") << name;
    data[name] = told["outputs"][0]["data"];
  }
  EXPECT_NE(data["lenet"], data["other"]);
}

TEST(Service, ACloudWithAnotherModelIsSaidToBeSoAndTheEdgeServesAlone) {
  const TemporaryFolder folder;
  const std::string other = (folder / "other.pt").string();
  ASSERT_EQ(run_agent({TIDELINE_AGENT, "--zoo", "lenet", "--seed", "2", "--out", other}).code, 0);
  Child cloud({TIDELINE_AGENT, "--cloud", "--model", "lenet=" + other, "--listen", "127.0.0.1:0"});
  ASSERT_TRUE(cloud.says("listening on"));
  const std::string log = cloud.err();
  const std::string port = log.substr(log.rfind(':') + 1, log.find('\n', log.rfind(':')) - log.rfind(':') - 1);
  const Ran profile = run_agent({TIDELINE_AGENT, "--profile", "--model", "lenet=" + lenet_file(), "--peer",
                                 "127.0.0.1:" + port, "--samples", (folder / "s.jsonl").string()});
  EXPECT_EQ(profile.code, 69);
  EXPECT_NE(profile.err.find("does not hold lenet"), std::string::npos) << profile.err;
  const RunningAgent edge = start_edge({"--peer", "127.0.0.1:" + port, "--cut", "0"});
  ASSERT_TRUE(eventually([&] { return linked(edge.port); }));
  EXPECT_EQ(infer(edge.port).status, 200);
}

TEST(Service, ACloudThatCutsTheSameFileElsewhereIsSaidToBeSoAndTheEdgeServesAlone) {
  const RunningAgent cloud = start_cloud({"--input", "fp32[2,1,28,28]"});
  const std::string says = "holds the file of lenet, but with other cuts";
  const Ran check =
      run_agent({TIDELINE_AGENT, "--check", "--model", "lenet=" + lenet_file(), "--peer", local_address(cloud.port)});
  EXPECT_NE(check.out.find(says), std::string::npos) << check.out;
  const RunningAgent edge = start_edge({"--peer", local_address(cloud.port), "--cut", "2"});
  EXPECT_TRUE(edge.child->says(says));
  EXPECT_EQ(infer(edge.port).parameters["placement"], "edge");
}

TEST(Service, APortInUseIsOneSentence) {
  const RunningAgent first = start_edge();
  const Ran second =
      run_agent({TIDELINE_AGENT, "--serve", "--model", "lenet=" + lenet_file(), "--http", local_address(first.port)});
  EXPECT_EQ(second.code, 69);
  EXPECT_NE(second.err.find("in use"), std::string::npos) << second.err;
  const RunningAgent cloud = start_cloud();
  const Ran other =
      run_agent({TIDELINE_AGENT, "--cloud", "--model", "lenet=" + lenet_file(), "--listen", local_address(cloud.port)});
  EXPECT_EQ(other.code, 69);
  EXPECT_NE(other.err.find("in use"), std::string::npos) << other.err;
}

// A socket as a service manager gives it in NOTIFY_SOCKET.
class NotifySocket {
 public:
  explicit NotifySocket(std::string path) : path_(std::move(path)), socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{.sun_family = AF_UNIX};
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ~NotifySocket() { close(socket_); }
  const std::string& path() const { return path_; }
  // Everything that was said so far.
  const std::string& heard() {
    char text[4096];
    for (ssize_t got; (got = recv(socket_, text, sizeof text, MSG_DONTWAIT)) > 0;)
      heard_ += std::string(text, static_cast<std::size_t>(got)) + "\n";
    return heard_;
  }

 private:
  const std::string path_;
  const int socket_;
  std::string heard_;
};

TEST(Service, TellsTheServiceManagerWhenItIsReadyAliveAndStopping) {
  const TemporaryFolder folder;
  NotifySocket socket((folder / "notify").string());
  const auto hears = [&](const char* words) {
    return eventually([&] { return socket.heard().find(words) != std::string::npos; });
  };
  const RunningAgent edge = start_edge({}, {{"NOTIFY_SOCKET", socket.path()}, {"WATCHDOG_USEC", "400000"}});
  EXPECT_TRUE(hears("READY=1"));
  EXPECT_TRUE(hears("STATUS=lenet: cut"));
  EXPECT_TRUE(hears("WATCHDOG=1"));
  edge.child->signal(SIGHUP);
  EXPECT_TRUE(hears("RELOADING=1"));
  edge.child->signal(SIGTERM);
  EXPECT_EQ(edge.child->wait(), 0);
  EXPECT_TRUE(hears("STOPPING=1"));
}

TEST(Service, SigtermFinishesWhatWasBegun) {
  const RunningAgent cloud = start_cloud();
  const RunningAgent edge = start_edge({"--peer", local_address(cloud.port), "--cut", "0"});
  ASSERT_TRUE(eventually([&] { return linked(edge.port); }));
  std::vector<std::jthread> clients;
  std::atomic<int> answered{0};
  std::atomic<int> cut_off{0};
  std::atomic<bool> stopping{false};
  for (int c = 0; c < 4; ++c)
    clients.emplace_back([&] {
      httplib::Client client("127.0.0.1", edge.port);
      const std::string text = body();
      while (const auto response = client.Post(kInfer, text, "application/json")) ++answered;
      if (!stopping) ++cut_off;
    });
  ASSERT_TRUE(eventually([&] { return answered > 20; }));
  stopping = true;
  edge.child->signal(SIGTERM);
  EXPECT_EQ(edge.child->wait(), 0);
  clients.clear();
  EXPECT_EQ(cut_off, 0);
  cloud.child->signal(SIGTERM);
  EXPECT_EQ(cloud.child->wait(), 0);
}

TEST(Service, SighupTakesANewConfigWholeOrNotAtAll) {
  const RunningAgent cloud = start_cloud();
  const TemporaryFolder folder;
  const auto write = [&](const std::string& edge) {
    return folder.with("edge.toml", "[edge]\npeer = \"" + local_address(cloud.port) + "\"\n" + edge);
  };
  const std::string file = write("cut = 2\n");
  const RunningAgent edge = start_edge({"-c", file});
  const auto cut = [&] { return status(edge.port)["models"][0]["plan"]["cut"].get<int>(); };
  ASSERT_TRUE(eventually([&] { return cut() == 2; }));
  write("cut = 3\n");
  edge.child->signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return cut() == 3; }));
  write("cut = 1\ntypo = 1\n");
  edge.child->signal(SIGHUP);
  ASSERT_TRUE(edge.child->says("not reloaded, nothing has changed"));
  EXPECT_EQ(cut(), 3);
  EXPECT_EQ(infer(edge.port).status, 200);
}

TEST(Service, SighupNamesWhatItDoesNotTakeOver) {
  const TemporaryFolder folder;
  const auto write = [&](const std::string& text) { return folder.with("edge.toml", text); };
  const RunningAgent edge = start_edge({"-c", write("[edge]\npatience = \"1 s\"\n[http]\nqueue = 8\n")});
  write("[edge]\npatience = \"2 s\"\nhysteresis = \"4 %\"\npeer = \"127.0.0.1:1\"\n[http]\nqueue = 8\n");
  edge.child->signal(SIGHUP);
  EXPECT_TRUE(edge.child->says("reloaded, but these changes need a restart: edge.patience, edge.peer\n"))
      << edge.child->err();
  const RunningAgent cloud = start_cloud();
  cloud.child->signal(SIGHUP);
  EXPECT_TRUE(cloud.child->says("cloud: reloaded\n"));
}

TEST(Service, ATableThatCannotBeUsedStopsNoModelAndIsToldOf) {
  const TemporaryFolder folder;
  const std::string bad = folder.with("table.json", "{\"format\": \"something else\"}");
  const RunningAgent edge = start_edge({"--model", "other=" + lenet_file(), "--table", "lenet=" + bad, "--table",
                                        "other=" + (folder / "none.json").string(), "--policy", "adaptive"});
  EXPECT_TRUE(edge.child->says("lenet: cannot use its table, so the cut does not move: "));
  EXPECT_TRUE(edge.child->says("other: cannot use its table, so the cut does not move: cannot read "));
  EXPECT_EQ(infer(edge.port).status, 200);
  const json now = status(edge.port);
  for (const json& model : now["models"]) {
    EXPECT_EQ(model["policy"], "static");
    EXPECT_NE(model["table_fault"].get<std::string>(), "") << model["name"];
  }
  edge.child->signal(SIGHUP);
  ASSERT_TRUE(edge.child->says("not reloaded, nothing has changed"));
  const Ran check = run_agent({TIDELINE_AGENT, "--check", "--model", "lenet=" + lenet_file(), "--table", bad});
  EXPECT_EQ(check.code, 69);
  EXPECT_NE(check.out.find("BAD  table lenet"), std::string::npos) << check.out;
}

}  // namespace
}  // namespace tideline
