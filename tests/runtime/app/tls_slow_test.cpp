// Mutual TLS where one side does not accept the other, and tries again after a while.
#include "runtime/wire/certificates.h"
#include "tests/runtime/app/agents_with_tls.h"

#include <chrono>

namespace tideline {
namespace {

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

}  // namespace
}  // namespace tideline
