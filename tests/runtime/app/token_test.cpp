// A real agent that asks its clients for a token.
#include "runtime/app/modes/door_options.h"
#include "tests/runtime/app/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

namespace tideline {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr auto* kSecret = "s3cret-of-the-door";

TEST(Token, OpensTheDoorAndIsNeverLogged) {
  const TemporaryFolder folder;
  const RunningAgent edge =
      start_edge({"--token-file", folder.with("token", std::string(kSecret) + "\n"), "--log-level", "debug"});
  httplib::Client client("127.0.0.1", edge.port);
  EXPECT_EQ(client.Get("/v2/health/ready")->status, 200);
  const auto closed = client.Get("/v2/models/lenet");
  EXPECT_EQ(closed->status, 401);
  EXPECT_THAT(closed->body, HasSubstr("send the header 'Authorization: Bearer TOKEN'"));
  EXPECT_EQ(client.Get(std::string("/v2/models/lenet?access_token=") + kSecret)->status, 400);
  const httplib::Headers with{{"Authorization", std::string("Bearer ") + kSecret}};
  EXPECT_EQ(client.Get("/v2/models/lenet", with)->status, 200);
  EXPECT_TRUE(edge.child->says("was refused with 400")) << edge.child->err();
  EXPECT_THAT(edge.child->err(), Not(HasSubstr(kSecret)));
}

TEST(Token, AFileThatHoldsNoneEndsTheAgentWithASentence) {
  const TemporaryFolder folder;
  for (const std::string& file : {(folder / "none").string(), folder.with("short", "abc")}) {
    const Ran ran = run_agent({TIDELINE_AGENT, "--serve", "--model", "lenet=" + lenet_file(), "--token-file", file});
    EXPECT_EQ(ran.code, 78);
    EXPECT_THAT(ran.err, HasSubstr("http.token_file: "));
  }
}

// What the log says when such an agent is to listen there.
std::string warned_of(const std::string& host) {
  const TemporaryFolder folder;
  config::Config config;
  config.http.token_file = folder.with("token", kSecret);
  std::ostringstream out;
  const Log log = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_st>(out));
  EXPECT_TRUE(modes::door_options(config, {host, 8080}, log));
  return out.str();
}

TEST(Token, CrossingANetworkInTheClearIsWarnedOf) {
  EXPECT_THAT(warned_of("192.0.2.1"), HasSubstr("the token crosses the network in the clear"));
  EXPECT_THAT(warned_of("0.0.0.0"), HasSubstr("the token crosses the network in the clear"));
  EXPECT_EQ(warned_of("127.0.0.1"), "");
}

}  // namespace
}  // namespace tideline
