// Mutual TLS between real agents, with the certificates that the agent makes; and what it says where they are missing.
#include "runtime/wire/certificates.h"
#include "tests/runtime/app/agents_with_tls.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace tideline {
namespace {

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
