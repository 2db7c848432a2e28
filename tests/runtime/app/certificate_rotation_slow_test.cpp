// New certificates on SIGHUP, on both sides, while clients ask without pause: no request is lost.
#include "runtime/wire/certificate_renewal.h"
#include "tests/runtime/app/client.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

namespace tideline {
namespace {

using std::chrono::hours;

constexpr int kRequests = 10'000;

// The folder that the agents read, and two CAs whose files are put there.
class Folders {
 public:
  Folders() {
    for (const std::string ca : {"first", "second"}) {
      std::filesystem::create_directories(live_ / ca);
      const wire::Validity valid{now_ - hours(1), now_ + hours(24 * 100)};
      EXPECT_TRUE(wire::make_authority(live_ / ca, valid));
      EXPECT_TRUE(wire::make_certificate(live_ / ca, {wire::TlsContext::Role::cloud, "cloud", {"127.0.0.1"}, days(1)}));
      EXPECT_TRUE(wire::make_certificate(live_ / ca, {wire::TlsContext::Role::edge, "edge", {}, days(1)}));
    }
  }
  wire::Validity days(int count) const { return {now_ - hours(1), now_ + hours(24 * count)}; }

  // Gives the certificates of that CA this many days from now on.
  void renew(const std::string& ca, int count) const {
    for (const char* const name : {"cloud", "edge"})
      EXPECT_TRUE(wire::renew_certificate(live_ / ca, name, days(count)));
  }
  void put(const std::string& ca, const std::string& name) const {
    std::filesystem::copy_file(live_ / ca / name, live_ / name, std::filesystem::copy_options::overwrite_existing);
  }
  void put_pair(const std::string& ca, const std::string& name) const {
    put(ca, name + ".pem");
    put(ca, name + ".key");
  }
  // The CAs that both sides trust from now on.
  void trust(const std::vector<std::string>& cas) const {
    std::ofstream out(live_ / "ca.pem");
    for (const std::string& ca : cas) out << std::ifstream(live_ / ca / "ca.pem").rdbuf();
  }
  std::vector<std::string> flags(const std::string& name) const {
    return {"--tls-ca",  (live_ / "ca.pem").string(),       "--tls-cert", (live_ / (name + ".pem")).string(),
            "--tls-key", (live_ / (name + ".key")).string()};
  }

 private:
  const std::chrono::system_clock::time_point now_ = std::chrono::system_clock::now();
  const TemporaryFolder live_;
};

// Three clients that ask without pause, each over one connection.
class Load {
 public:
  explicit Load(std::uint16_t port) {
    for (int i = 0; i < 3; ++i) threads_.emplace_back([this, port](const std::stop_token& stop) { ask(port, stop); });
  }
  std::atomic<int> answered{0}, failed{0}, by_cloud{0};

 private:
  void ask(std::uint16_t port, const std::stop_token& stop) {
    httplib::Client client("127.0.0.1", port);
    client.set_keep_alive(true);
    client.set_tcp_nodelay(true);
    client.set_read_timeout(std::chrono::seconds(30));
    const json metadata = json::parse(client.Get("/v2/models/lenet")->body);
    const std::string text = body({{"cut", 2}}, metadata["inputs"][0]["name"]);
    while (!stop.stop_requested()) {
      const auto response = client.Post(kInfer, text, "application/json");
      ++(response && response->status == 200 ? answered : failed);
      if (response && response->body.find("\"split\"") != std::string::npos) ++by_cloud;
    }
  }
  std::vector<std::jthread> threads_;
};

std::size_t count(const std::string& text, const std::string& words) {
  std::size_t found = 0;
  for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++found;
  return found;
}

class Rotation : public testing::Test {
 protected:
  void SetUp() override {
    folders_.trust({"first"});
    for (const char* const name : {"cloud", "edge"}) folders_.put_pair("first", name);
    cloud_ = start_cloud(folders_.flags("cloud"));
    std::vector<std::string> flags = folders_.flags("edge");
    flags.insert(flags.end(), {"--peer", local_address(cloud_.port), "--cut", "2", "--reconnect-after", "1 s"});
    edge_ = start_edge(flags);
    ASSERT_TRUE(eventually([&] { return linked(edge_.port); })) << edge_.child->err();
  }
  // Lets both sides read their files again, the cloud first, and waits until they use them.
  void reload() const {
    for (const RunningAgent* const agent : {&cloud_, &edge_}) {
      const std::size_t before = count(agent->child->err(), "reloaded\n");
      agent->child->signal(SIGHUP);
      ASSERT_TRUE(eventually([&] { return count(agent->child->err(), "reloaded\n") > before; })) << agent->child->err();
    }
    const int connects = status(edge_.port)["link"]["connects"];
    EXPECT_TRUE(eventually([&] { return status(edge_.port)["link"]["connects"] > connects; })) << "a new connection";
  }

  const Folders folders_;
  RunningAgent cloud_, edge_;
};

TEST_F(Rotation, OfCertificatesLosesNoRequest) {
  Load load(edge_.port);
  int turns = 0;
  for (; load.answered + load.failed < kRequests || turns < 3; ++turns) {
    folders_.renew("first", 2 + turns);
    for (const char* const name : {"cloud", "edge"}) folders_.put_pair("first", name);
    reload();
    EXPECT_EQ(status(edge_.port)["tls"]["days_left"], 1 + turns);
  }
  std::printf("%d rotations on both sides, %d connections: %d answers, %d of them by the cloud; %d lost\n", turns,
              status(edge_.port)["link"]["connects"].get<int>(), load.answered.load(), load.by_cloud.load(),
              load.failed.load());
  EXPECT_EQ(load.failed, 0);
  EXPECT_GE(load.answered, kRequests);
  EXPECT_GE(load.by_cloud, load.answered - load.answered / 100);
}

// Both trust both CAs before either shows a certificate of the second.
TEST_F(Rotation, ToAnotherCaLosesNoRequest) {
  Load load(edge_.port);
  folders_.trust({"first", "second"});
  reload();
  for (const char* const name : {"cloud", "edge"}) folders_.put_pair("second", name);
  reload();
  folders_.trust({"second"});
  reload();
  ASSERT_TRUE(eventually([&] { return load.answered + load.failed > 1000; }));
  std::printf("%d answers, %d of them by the cloud; %d lost\n", load.answered.load(), load.by_cloud.load(),
              load.failed.load());
  EXPECT_EQ(load.failed, 0);
  EXPECT_GE(load.by_cloud, load.answered - load.answered / 100);
}

// Each fault is told in the log and in the status, and nothing changes.
TEST_F(Rotation, ToFilesThatAreWrongChangesNothing) {
  Load load(edge_.port);
  const auto refused = [&](const std::string& words) {
    for (const RunningAgent* const agent : {&cloud_, &edge_}) {
      const std::size_t before = count(agent->child->err(), "not reloaded, nothing has changed: ");
      agent->child->signal(SIGHUP);
      EXPECT_TRUE(eventually([&] {
        return count(agent->child->err(), "not reloaded, nothing has changed: ") > before;
      })) << words;
      const std::string log = agent->child->err();
      EXPECT_NE(log.find(words, log.rfind("nothing has changed")), std::string::npos) << log;
    }
    const json tls = status(edge_.port)["tls"];
    EXPECT_NE(tls.value("fault", "").find(words), std::string::npos) << tls;
    EXPECT_EQ(tls["days_left"], 0) << "the old one is in use";
  };
  folders_.renew("first", 9);
  for (const char* const name : {"cloud", "edge"}) folders_.put("first", std::string(name) + ".pem");
  refused("is not the key of the certificate in");
  for (const char* const name : {"cloud", "edge"}) folders_.put_pair("second", name);
  refused("is not signed by the CA in");
  std::filesystem::remove(folders_.flags("edge")[1]);
  refused("tls.ca: cannot read ");
  folders_.trust({"second"});  // Both are of the second CA now.
  reload();
  EXPECT_EQ(status(edge_.port)["tls"].count("fault"), 0u);
  EXPECT_EQ(load.failed, 0);
}

}  // namespace
}  // namespace tideline
