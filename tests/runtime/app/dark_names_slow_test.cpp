// Name servers that do not answer: the edge starts, serves, says so, and ends when it is told to.
#include "tests/runtime/app/client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

namespace tideline {
namespace {

constexpr const char* kServer = "127.9.9.53";

// A name server that takes every question and answers none, and a file that names it, for a process of its own to see.
class DarkNames : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root may change which name servers a process sees";
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(53);
    inet_pton(AF_INET, kServer, &at.sin_addr);
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0)
      GTEST_SKIP() << "port 53 cannot be listened on here";
    if (run({"/usr/bin/unshare", "-m", "true"}).code != 0) GTEST_SKIP() << "there are no mount namespaces here";
  }
  ~DarkNames() override { ::close(socket_); }

  // What starts the agent where it sees that server alone.
  std::vector<std::string> agent(const std::string& flags) const {
    const std::string resolv = folder_.with("resolv.conf", std::string("nameserver ") + kServer + "\n");
    const std::string nsswitch = folder_.with("nsswitch.conf", "hosts: dns\n");
    return {"/usr/bin/unshare", "-m", "sh", "-c",
            "mount --bind " + resolv + " /etc/resolv.conf && mount --bind " + nsswitch +
                " /etc/nsswitch.conf && exec " + TIDELINE_AGENT + " " + flags};
  }

 private:
  const TemporaryFolder folder_;
  const int socket_ = ::socket(AF_INET, SOCK_DGRAM, 0);
};

TEST_F(DarkNames, DoNotHoldUpTheEndOfAnEdge) {
  Child edge(agent("--serve --insecure --http 127.0.0.1:0 --peer cloud.test:7070 --model lenet=" + lenet_file()));
  ASSERT_TRUE(edge.says("serving on")) << edge.err();
  const TimePoint told = Clock::now();
  edge.signal(SIGTERM);
  EXPECT_EQ(edge.wait(), 0) << edge.err();
  EXPECT_LT(Clock::now() - told, std::chrono::seconds(6)) << "the system's resolver takes 10 s and more";
}

TEST_F(DarkNames, AreNamedByTheCheckAndBoundIt) {
  const TimePoint began = Clock::now();
  const Ran checked = run(agent("--check --insecure --peer cloud.test:7070"));
  EXPECT_EQ(checked.code, 69) << checked.err;
  EXPECT_NE(checked.out.find("cannot resolve the name cloud.test: no name server answered"), std::string::npos)
      << checked.out;
  EXPECT_LT(Clock::now() - began, std::chrono::seconds(20));
}

}  // namespace
}  // namespace tideline
