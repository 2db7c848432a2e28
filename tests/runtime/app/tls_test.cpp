// Mutual TLS between real agents, with the certificates that the agent makes; and what it says where they are missing.
#include "runtime/wire/certificates.h"
#include "tests/runtime/app/client.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace tideline {
namespace {

class AgentsWithTls : public testing::Test {
 protected:
  void SetUp() override {
    const Ran ran = make();
    ASSERT_EQ(ran.code, 0) << ran.err;
  }
  Ran make(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{TIDELINE_AGENT, "--make-certs", folder_.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_agent(arguments);
  }
  std::string file(const std::string& name) const { return (folder_ / name).string(); }
  std::vector<std::string> shows(const std::string& name) const {
    return {"--tls-ca", file("ca.pem"), "--tls-cert", file(name + ".pem"), "--tls-key", file(name + ".key")};
  }
  std::vector<std::string> edge_to(std::uint16_t port, const std::string& name = "edge") const {
    std::vector<std::string> arguments = shows(name);
    arguments.insert(arguments.end(), {"--peer", local_address(port), "--cut", "2"});
    return arguments;
  }

  const TemporaryFolder temporary_;
  const std::filesystem::path folder_ = temporary_ / "certs";
};

TEST_F(AgentsWithTls, ServeSplitOverItAsTheyDoWithoutIt) {
  const RunningAgent cloud = start_cloud(shows("cloud"));
  const RunningAgent edge = start_edge(edge_to(cloud.port));
  ASSERT_TRUE(eventually([&] { return linked(edge.port); })) << edge.child->err();
  const json cuts = status(edge.port)["models"][0]["cuts"];
  const Answer whole = infer(edge.port, {{"cut", cuts.size() - 1}});
  for (std::size_t cut = 0; cut + 1 < cuts.size(); ++cut) {
    const Answer answer = infer(edge.port, {{"cut", cut}});
    ASSERT_EQ(answer.status, 200) << cut;
    EXPECT_EQ(answer.parameters["placement"], cut == 0 ? "cloud" : "split") << cut;
    EXPECT_EQ(answer.data, whole.data) << cut;
  }
  cloud.child->signal(SIGTERM);
  EXPECT_EQ(cloud.child->wait(), 0);
  EXPECT_EQ(infer(edge.port).status, 200) << "without the cloud the edge finishes by itself";
}

TEST_F(AgentsWithTls, RefuseWhoIsOfAnotherCaAndTheMetricsTell) {
  const TemporaryFolder elsewhere;
  ASSERT_EQ(run_agent({TIDELINE_AGENT, "--make-certs", (elsewhere / "").string()}).code, 0);
  std::vector<std::string> flags = shows("cloud");
  flags.insert(flags.end(), {"--http", "127.0.0.1:0"});
  const RunningAgent cloud = start_cloud(flags);
  const RunningAgent plain = start_edge({"--peer", local_address(cloud.port), "--cut", "2"});
  EXPECT_TRUE(cloud.child->says("rejected: it does not speak TLS"));
  EXPECT_TRUE(plain.child->says("it speaks only TLS; set tls.ca, tls.cert and tls.key here, too"));
  const Ran foreign = run_agent({TIDELINE_AGENT, "--check", "--peer", local_address(cloud.port), "--tls-ca",
                                 (elsewhere / "ca.pem").string(), "--tls-cert", (elsewhere / "edge.pem").string(),
                                 "--tls-key", (elsewhere / "edge.key").string()});
  EXPECT_EQ(foreign.code, 69);
  EXPECT_NE(foreign.out.find("its certificate is not signed by the CA in tls.ca"), std::string::npos) << foreign.out;
  ASSERT_TRUE(cloud.child->says("cloud: HTTP on "));
  const std::string log = cloud.child->err();
  const std::size_t colon = log.find(':', log.find("cloud: HTTP on ") + 15);
  httplib::Client client("127.0.0.1", std::stoi(log.substr(colon + 1)));
  const std::string metrics = client.Get("/metrics")->body;
  EXPECT_NE(metrics.find("tideline_cloud_refusals_total{reason=\"not_tls\"}"), std::string::npos) << metrics;
  EXPECT_NE(metrics.find("tideline_cloud_refusals_total{reason=\"rejected\"}"), std::string::npos) << metrics;
}

TEST_F(AgentsWithTls, AFolderWithACaGetsMoreOfItAndNothingIsWrittenOver) {
  const auto written = std::filesystem::last_write_time(file("ca.pem"));
  EXPECT_EQ(make().code, 0);
  EXPECT_TRUE(std::filesystem::exists(file("edge-2.pem")));
  EXPECT_FALSE(std::filesystem::exists(file("cloud-2.pem")));
  const Ran named = make({"--name", "localhost", "--name", "127.0.0.1"});
  EXPECT_EQ(named.code, 0);
  EXPECT_NE(named.out.find("cloud-2.key: for a cloud that edges dial as localhost, 127.0.0.1"), std::string::npos)
      << named.out;
  EXPECT_EQ(std::filesystem::last_write_time(file("ca.pem")), written);
  EXPECT_EQ(std::filesystem::status(file("edge-2.key")).permissions(), std::filesystem::perms(0600));
  const RunningAgent cloud = start_cloud(shows("cloud-2"));
  const RunningAgent edge = start_edge(edge_to(cloud.port, "edge-2"));
  EXPECT_TRUE(eventually([&] { return linked(edge.port); })) << edge.child->err();
}

std::string bytes_of(const std::string& name) {
  std::ifstream in(name);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_F(AgentsWithTls, AreRenewedByTheSameCaAndServeOn) {
  const std::string ca = bytes_of(file("ca.pem")), key = bytes_of(file("edge.key"));
  const Ran renewed = make({"--renew"});
  EXPECT_EQ(renewed.code, 0) << renewed.err;
  EXPECT_NE(renewed.out.find("cloud.key: renewed for a cloud that edges dial as "), std::string::npos) << renewed.out;
  EXPECT_NE(renewed.out.find("edge.key: renewed for an edge, valid until "), std::string::npos) << renewed.out;
  EXPECT_NE(renewed.out.find("the CA stays as it is; copy each pair to its machine"), std::string::npos) << renewed.out;
  EXPECT_EQ(bytes_of(file("ca.pem")), ca);
  EXPECT_NE(bytes_of(file("edge.key")), key);
  const RunningAgent cloud = start_cloud(shows("cloud"));
  const RunningAgent edge = start_edge(edge_to(cloud.port));
  EXPECT_TRUE(eventually([&] { return linked(edge.port); })) << edge.child->err();
  EXPECT_EQ(status(edge.port)["tls"]["days_left"], 729);
  std::vector<std::string> check{TIDELINE_AGENT, "--check"};
  for (const std::string& flag : shows("cloud")) check.push_back(flag);
  const Ran checked = run_agent(check);
  EXPECT_NE(checked.out.find("; 729 days left, until "), std::string::npos) << checked.out;
}

TEST_F(AgentsWithTls, GetNoOtherCaWhenTheirsIsElsewhere) {
  const std::string before = bytes_of(file("edge.pem"));
  std::filesystem::remove(file("ca.pem"));
  std::filesystem::remove(file("ca.key"));
  const Ran more = make();
  EXPECT_EQ(more.code, 73);
  EXPECT_NE(more.err.find("bring it back, or name another folder"), std::string::npos) << more.err;
  const Ran renewed = make({"--renew"});
  EXPECT_EQ(renewed.code, 73);
  EXPECT_NE(renewed.err.find("ca.pem: No such file"), std::string::npos) << renewed.err;
  EXPECT_EQ(bytes_of(file("edge.pem")), before);
  EXPECT_FALSE(std::filesystem::exists(file("ca.pem")));
}

TEST_F(AgentsWithTls, DoNotLeaveThisMachineWithoutCertificatesUnlessToldTo) {
  const std::string model = "lenet=" + lenet_file();
  const std::string remedy = "make certificates with agent --make-certs and set tls.ca, tls.cert and tls.key, or set ";
  for (const std::vector<std::string>& mode : {std::vector<std::string>{"--serve", "--peer", "192.0.2.1:7070"},
                                               {"--profile", "--peer", "192.0.2.1:7070"},
                                               {"--cloud", "--listen", "0.0.0.0:0"}}) {
    std::vector<std::string> arguments{TIDELINE_AGENT, "--model", model};
    arguments.insert(arguments.end(), mode.begin(), mode.end());
    const Ran ran = run_agent(arguments);
    EXPECT_EQ(ran.code, 78) << mode[0];
    EXPECT_NE(ran.err.find(remedy), std::string::npos) << ran.err;
  }
  Child cloud({TIDELINE_AGENT, "--cloud", "--model", model, "--listen", "0.0.0.0:0", "--insecure"});
  EXPECT_TRUE(cloud.says("cloud: listening on"));
}

// A machine without a battery for its clock, or one that was forgotten, still serves.
TEST_F(AgentsWithTls, ServeAloneWithACertificateThatIsNotValidNowAndTakeOneThatIsPutInItsPlace) {
  using std::chrono::hours;
  const auto now = std::chrono::system_clock::now();
  const RunningAgent cloud = start_cloud(shows("cloud"));
  ASSERT_TRUE(
      wire::make_certificate(folder_, {wire::TlsContext::Role::edge, "late", {}, {now - hours(2), now - hours(1)}}));
  const RunningAgent edge = start_edge(edge_to(cloud.port, "late"));
  EXPECT_TRUE(edge.child->says("has expired, or the clock is ahead; make another with agent --make-certs; until then"));
  const Answer answer = infer(edge.port);
  EXPECT_EQ(answer.status, 200);
  const json placement = answer.parameters["placement"];
  EXPECT_TRUE(placement == "edge" || placement == "fallback") << placement << ": whether it is known yet or not";
  EXPECT_TRUE(eventually([&] {
    return status(edge.port)["link"]["why"].get<std::string>().find("has expired") != std::string::npos;
  })) << status(edge.port)["link"];
  EXPECT_FALSE(linked(edge.port));
  std::filesystem::remove(file("late.pem"));
  std::filesystem::remove(file("late.key"));
  ASSERT_TRUE(
      wire::make_certificate(folder_, {wire::TlsContext::Role::edge, "late", {}, {now - hours(1), now + hours(1)}}));
  EXPECT_TRUE(eventually([&] { return linked(edge.port); })) << edge.child->err();
  const Ran checked = run_agent({TIDELINE_AGENT, "--check", "--peer", local_address(cloud.port), "--tls-ca",
                                 file("ca.pem"), "--tls-cert", file("late.pem"), "--tls-key", file("late.key")});
  EXPECT_EQ(checked.out.find("has expired"), std::string::npos) << checked.out;
}

TEST_F(AgentsWithTls, ACloudWhoseCertificateIsNotValidNowWaitsAndIsTakenOnceItIs) {
  using std::chrono::hours;
  const auto now = std::chrono::system_clock::now();
  const wire::NewCertificate late{
      wire::TlsContext::Role::cloud, "late", {"127.0.0.1"}, {now - hours(2), now - hours(1)}};
  ASSERT_TRUE(make_certificate(folder_, late));
  const RunningAgent cloud = start_cloud(shows("late"));
  EXPECT_TRUE(cloud.child->says("until then no edge accepts this cloud"));
  const RunningAgent edge = start_edge(edge_to(cloud.port));
  EXPECT_TRUE(edge.child->says("its certificate has expired")) << "a certificate of yesterday is never taken";
  EXPECT_FALSE(linked(edge.port));
  std::filesystem::remove(file("late.pem"));
  std::filesystem::remove(file("late.key"));
  ASSERT_TRUE(wire::make_certificate(
      folder_, {wire::TlsContext::Role::cloud, "late", {"127.0.0.1"}, {now - hours(1), now + hours(1)}}));
  EXPECT_TRUE(eventually([&] { return linked(edge.port); })) << edge.child->err();
}

TEST_F(AgentsWithTls, SayWhichOfTheirFilesIsWrongInOneSentence) {
  std::vector<std::string> arguments{TIDELINE_AGENT, "--cloud", "--model", "lenet=" + lenet_file()};
  const auto says = [&](const std::vector<std::string>& flags, const std::string& words) {
    std::vector<std::string> all = arguments;
    all.insert(all.end(), flags.begin(), flags.end());
    const Ran ran = run_agent(all);
    EXPECT_EQ(ran.code, 78) << words;
    EXPECT_NE(ran.err.find(words), std::string::npos) << ran.err;
  };
  says({"--tls-ca", file("ca.pem")}, "tls.cert is missing; tls.ca, tls.cert and tls.key go together");
  says(shows("edge"), "is not for a cloud");
  says(shows("nobody"), "tls.cert: cannot read ");
  std::vector<std::string> both = shows("cloud");
  both.emplace_back("--insecure");
  says(both, "tls.insecure and certificates exclude each other");
}

TEST(AgentsWithCertificates, TellOfOneThatIsAboutToExpire) {
  const TemporaryFolder folder;
  const auto now = std::chrono::system_clock::now();
  const wire::Validity soon{now - std::chrono::hours(1), now + std::chrono::hours(1)};
  ASSERT_TRUE(wire::make_authority(folder / "", {soon.from, now + std::chrono::hours(24 * 365)}));
  ASSERT_TRUE(wire::make_certificate(folder / "", {wire::TlsContext::Role::cloud, "cloud", {"localhost"}, soon}));
  const std::vector<std::string> tls{"--tls-ca",   (folder / "ca.pem").string(),
                                     "--tls-cert", (folder / "cloud.pem").string(),
                                     "--tls-key",  (folder / "cloud.key").string()};
  std::vector<std::string> check{TIDELINE_AGENT, "--check"};
  check.insert(check.end(), tls.begin(), tls.end());
  const Ran ran = run_agent(check);
  EXPECT_NE(ran.out.find("cloud.pem expires in less than a day"), std::string::npos) << ran.out;
  const RunningAgent cloud = start_cloud(tls);
  EXPECT_TRUE(cloud.child->says("cloud.pem expires in less than a day; renew it with agent --make-certs DIR --renew"));
}

}  // namespace
}  // namespace tideline
