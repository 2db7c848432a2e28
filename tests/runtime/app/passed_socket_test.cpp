// The agent with a listening socket that another process passes to it, as systemd does.
#include "tests/runtime/app/client.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <memory>

namespace tideline {
namespace {

using testing::HasSubstr;

constexpr auto* kShell = "/bin/bash";

// A socket at any port of this machine, which programs that are started inherit.
class PassedOn {
 public:
  explicit PassedOn(int type = SOCK_STREAM) : socket_(::socket(AF_INET, type, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address_), size), 0);
    if (type == SOCK_STREAM) {
      EXPECT_EQ(::listen(socket_, 16), 0);
    }
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address_), &size), 0);
  }
  ~PassedOn() { ::close(socket_); }
  PassedOn(const PassedOn&) = delete;
  PassedOn& operator=(const PassedOn&) = delete;

  int descriptor() const { return socket_; }
  const sockaddr_in& address() const { return address_; }
  std::uint16_t port() const { return ntohs(address_.sin_port); }

 private:
  const int socket_;
  sockaddr_in address_{};
};

// Starts the agent with the socket as descriptors 3 and 4, and says that so many are passed. (exec keeps the shell's
// id.)
std::unique_ptr<Child> start_with(const PassedOn& socket, int count) {
  const std::string line = fmt::format("LISTEN_PID=$$ LISTEN_FDS={} exec \"$@\" 3<&{} 4<&{}", count,
                                       socket.descriptor(), socket.descriptor());
  return std::make_unique<Child>(std::vector<std::string>{kShell, "-c", line, kShell, TIDELINE_AGENT, "--serve",
                                                          "--model", "lenet=" + lenet_file(), "--threads", "1",
                                                          "--http", "127.0.0.1:1"});
}

TEST(PassedSocket, IsServedInThePlaceOfTheConfiguredAddress) {
  const PassedOn socket;
  const auto edge = start_with(socket, 1);
  ASSERT_TRUE(edge->says("serving on http://" + local_address(socket.port()))) << edge->err();
  EXPECT_EQ(infer(socket.port()).status, 200);
  edge->signal(SIGTERM);
  EXPECT_EQ(edge->wait(), 0);
}

TEST(PassedSocket, AClientThatComesBeforeTheAgentIsServed) {
  const PassedOn socket;
  const int early = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::connect(early, reinterpret_cast<const sockaddr*>(&socket.address()), sizeof(sockaddr_in)), 0);
  const std::string request = "GET /v2/health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  ASSERT_EQ(::send(early, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
  const auto edge = start_with(socket, 1);
  std::string answer(4096, '\0');
  answer.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::recv(early, answer.data(), answer.size(), 0))));
  EXPECT_THAT(answer, HasSubstr("200 OK"));
  ::close(early);
}

TEST(PassedSocket, OneOfAnotherKindEndsTheAgentWithASentence) {
  const PassedOn datagrams(SOCK_DGRAM);
  const auto of_datagrams = start_with(datagrams, 1);
  EXPECT_EQ(of_datagrams->wait(), 78);
  EXPECT_THAT(of_datagrams->err(), HasSubstr("does not listen for TCP; write ListenStream=ADDRESS:PORT"));
  const PassedOn socket;
  const auto of_two = start_with(socket, 2);
  EXPECT_EQ(of_two->wait(), 78);
  EXPECT_THAT(of_two->err(), HasSubstr("passes 2 sockets, but HTTP is served on one"));
}

TEST(PassedSocket, OneForAnotherProcessIsNotTaken) {
  const RunningAgent edge = start_edge({}, {{"LISTEN_PID", "1"}, {"LISTEN_FDS", "1"}});
  EXPECT_EQ(infer(edge.port).status, 200);
}

}  // namespace
}  // namespace tideline
