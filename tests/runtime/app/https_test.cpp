// HTTPS between a client and real agents, with certificates that the agent makes; and what is said of wrong ones.
#include "tests/runtime/app/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace tideline {
namespace {

using testing::HasSubstr;
using testing::Not;

class Https : public testing::Test {
 protected:
  void SetUp() override {
    const Ran ran = run_agent({TIDELINE_AGENT, "--make-certs", certs_.string()});
    ASSERT_EQ(ran.code, 0) << ran.err;
  }
  std::string file(const std::string& name) const { return (certs_ / name).string(); }
  // A config that names these files of the folder in its section [http], and then has those lines.
  std::string config(const std::string& cert, const std::string& key, const std::string& more = "") const {
    std::string text = "[http]\n" + more;
    if (!cert.empty()) text += "tls_cert = \"" + file(cert) + "\"\n";
    if (!key.empty()) text += "tls_key = \"" + file(key) + "\"\n";
    return folder_.with("edge.toml", text);
  }
  RunningAgent start(const std::string& config) const {
    RunningAgent agent{start_agent({TIDELINE_AGENT, "--serve", "--model", "lenet=" + lenet_file(), "--http",
                                    "127.0.0.1:0", "--threads", "1", "-c", config})};
    constexpr std::string_view kWords = "serving on https://127.0.0.1:";
    if (agent.child->says(kWords)) {
      const std::string log = agent.child->err();
      agent.port = static_cast<std::uint16_t>(std::stoi(log.substr(log.find(kWords) + kWords.size())));
    }
    EXPECT_NE(agent.port, 0) << agent.child->err();
    return agent;
  }
  std::unique_ptr<httplib::SSLClient> client(std::uint16_t port) const {
    auto made = std::make_unique<httplib::SSLClient>("127.0.0.1", port);
    made->set_ca_cert_path(file("ca.pem").c_str());
    made->enable_server_certificate_verification(true);
    made->set_keep_alive(true);
    made->set_read_timeout(std::chrono::seconds(30));
    return made;
  }

  const TemporaryFolder folder_;
  const std::filesystem::path certs_ = folder_ / "certs";
};

TEST_F(Https, ServesRequestAfterRequest) {
  const RunningAgent edge = start(config("cloud.pem", "cloud.key"));
  const auto asked = client(edge.port);
  for (int i = 0; i < 3; ++i) {
    const auto described = asked->Get("/v2/models/lenet");
    ASSERT_TRUE(described) << httplib::to_string(described.error());
    const auto answer = asked->Post(kInfer, body(json::object(), json::parse(described->body)["inputs"][0]["name"]),
                                    "application/json");
    ASSERT_TRUE(answer) << httplib::to_string(answer.error());
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(json::parse(answer->body)["outputs"][0]["data"].size(), 10u);
  }
  EXPECT_THAT(edge.child->err(), Not(HasSubstr("TLS with"))) << "the agent's look at itself is no fault";
}

TEST_F(Https, ABodyOfMegabytesArrivesWhole) {
  const RunningAgent edge = start(config("cloud.pem", "cloud.key", "max_body = \"8 MiB\"\n"));
  const auto asked = client(edge.port);
  const auto answer = asked->Post(kInfer, std::string(std::size_t{6} << 20, ' ') + "{}", "application/json");
  ASSERT_TRUE(answer) << httplib::to_string(answer.error());
  EXPECT_EQ(answer->status, 400);
  EXPECT_THAT(answer->body, HasSubstr("inputs")) << "all of it was read";
  const auto large = asked->Post(kInfer, std::string(std::size_t{9} << 20, ' '), "application/json");
  if (large) {
    EXPECT_EQ(large->status, 413);
  }
}

TEST_F(Https, ThereIsNoPlainHttpBesideIt) {
  const RunningAgent edge = start(config("cloud.pem", "cloud.key"));
  EXPECT_FALSE(httplib::Client("127.0.0.1", edge.port).Get("/v2/health/live"));
  EXPECT_TRUE(edge.child->says("TLS with 127.0.0.1 failed")) << edge.child->err();
  const auto live = client(edge.port)->Get("/v2/health/live");
  ASSERT_TRUE(live);
  EXPECT_EQ(live->status, 200);
}

TEST_F(Https, ATokenBesideItIsNoCauseForAWarning) {
  const std::string token = folder_.with("token", "0123456789abcdef\n");
  const RunningAgent edge = start(config("cloud.pem", "cloud.key", "token_file = \"" + token + "\"\n"));
  const auto asked = client(edge.port);
  EXPECT_EQ(asked->Get("/metrics")->status, 401);
  const httplib::Headers with{{"Authorization", "Bearer 0123456789abcdef"}};
  EXPECT_EQ(asked->Get("/metrics", with)->status, 200);
}

TEST_F(Https, AClientOfAnotherCaIsNotServed) {
  const RunningAgent edge = start(config("cloud.pem", "cloud.key"));
  const TemporaryFolder elsewhere;
  ASSERT_EQ(run_agent({TIDELINE_AGENT, "--make-certs", (elsewhere / "").string()}).code, 0);
  httplib::SSLClient other("127.0.0.1", edge.port);
  other.set_ca_cert_path((elsewhere / "ca.pem").string().c_str());
  other.enable_server_certificate_verification(true);
  EXPECT_FALSE(other.Get("/v2/health/live"));
}

TEST_F(Https, FilesThatDoNotFitEndTheAgentWithASentence) {
  const auto refused = [&](const std::string& config, const std::string& words) {
    const Ran ran = run_agent({TIDELINE_AGENT, "--serve", "--model", "lenet=" + lenet_file(), "-c", config});
    EXPECT_EQ(ran.code, 78);
    EXPECT_THAT(ran.err, HasSubstr(words));
  };
  refused(config("cloud.pem", ""), "http.tls_key is missing; http.tls_cert and http.tls_key go together");
  refused(config("", "cloud.key"), "http.tls_cert is missing");
  refused(config("cloud.pem", "edge.key"), "http.tls_key: ");
  refused(config("cloud.key", "cloud.key"), "http.tls_cert: ");
  refused(config("none.pem", "cloud.key"), "none.pem");
  std::filesystem::permissions(file("cloud.key"), std::filesystem::perms(0644));
  refused(config("cloud.pem", "cloud.key"), "http.tls_key: all users of this machine may read");
}

}  // namespace
}  // namespace tideline
