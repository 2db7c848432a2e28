// The log of answers over HTTP, of a real agent.
#include "tests/runtime/app/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <sstream>

namespace tideline {
namespace {

using testing::HasSubstr;

// A config with that line in its section [http].
std::string config_with(const TemporaryFolder& folder, const std::string& line) {
  return folder.with("edge.toml", "[http]\n" + line + "\n");
}

void ask_with_a_trace(std::uint16_t port) {
  httplib::Client client("127.0.0.1", port);
  client.set_default_headers({{"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}});
  ASSERT_TRUE(client.Get("/v2/models/lenet?secret=hush"));
  EXPECT_EQ(infer(port).status, 200);
}

TEST(AccessLog, UnderLogJsonEveryLineIsAnObject) {
  const TemporaryFolder folder;
  const RunningAgent edge = start_edge({"-c", config_with(folder, "access_log = true"), "--log", "json"});
  ask_with_a_trace(edge.port);
  ASSERT_TRUE(edge.child->says("/infer\"")) << edge.child->err();
  json first, inference;
  std::istringstream lines(edge.child->err());
  for (std::string line; std::getline(lines, line);) {
    if (lines.eof()) break;  // It may not be whole yet.
    const json one = json::parse(line, nullptr, false);
    ASSERT_TRUE(one.is_object()) << line;
    EXPECT_TRUE(one["time"].get<std::string>().ends_with("Z"));
    EXPECT_TRUE(one.contains("level"));
    if (one.contains("trace_id")) first = one;
    if (one.value("path", "") == kInfer) inference = one;
  }
  EXPECT_EQ(first["path"], "/v2/models/lenet");
  EXPECT_EQ(first["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(first["status"], 200);
  EXPECT_EQ(inference["model"], "lenet");
  EXPECT_EQ(inference["placement"], "edge");
  EXPECT_TRUE(inference["cut"].is_number());
  EXPECT_GT(inference["received_bytes"], 784);
  EXPECT_THAT(edge.child->err(), Not(HasSubstr("hush")));
}

TEST(AccessLog, InTextALineTellsTheSame) {
  const TemporaryFolder folder;
  const RunningAgent edge = start_edge({"-c", config_with(folder, "access_log = true")});
  ask_with_a_trace(edge.port);
  ASSERT_TRUE(edge.child->says("placement=edge")) << edge.child->err();
  EXPECT_THAT(edge.child->err(), HasSubstr("http: 127.0.0.1 GET /v2/models/lenet 200, 0 bytes in, "));
  EXPECT_THAT(edge.child->err(), HasSubstr("trace=4bf92f3577b34da6a3ce929d0e0e4736"));
  EXPECT_THAT(edge.child->err(), Not(HasSubstr("hush")));
}

// The object of the cloud's log that tells of a tail; null if there is none.
json tail_in(const std::string& log) {
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line) && !lines.eof();)
    if (const json one = json::parse(line, nullptr, false); one.contains("tail")) return one;
  return nullptr;
}

TEST(AccessLog, TheCloudTellsTheTraceAndPriorityThatTheEdgesClientNamed) {
  const TemporaryFolder folder;
  const std::string config = folder.with("cloud.toml", "[cloud]\naccess_log = true\n");
  const RunningAgent cloud = start_cloud({"-c", config, "--log", "json"});
  const RunningAgent edge = start_edge({"--peer", local_address(cloud.port)});
  ASSERT_TRUE(eventually([&] { return linked(edge.port); }));
  httplib::Client client("127.0.0.1", edge.port);
  client.set_default_headers({{"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}});
  const json metadata = json::parse(client.Get("/v2/models/lenet")->body);
  const std::string text = body({{"priority", 4}, {"cut", 0}}, metadata["inputs"][0]["name"]);
  const auto response = client.Post(kInfer, text, "application/json");
  ASSERT_TRUE(response && response->status == 200);
  EXPECT_EQ(json::parse(response->body)["parameters"]["placement"], "cloud");
  ASSERT_TRUE(eventually([&] { return !tail_in(cloud.child->err()).is_null(); })) << cloud.child->err();
  const json tail = tail_in(cloud.child->err());
  EXPECT_EQ(tail["tail"], "answered");
  EXPECT_EQ(tail["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(tail["priority"], 4);
  EXPECT_EQ(tail["model"], "lenet");
  EXPECT_EQ(tail["cut"], 0);
}

TEST(AccessLog, ThereIsNoneUnlessItIsAskedFor) {
  const RunningAgent edge = start_edge();
  ask_with_a_trace(edge.port);
  edge.child->signal(SIGTERM);
  ASSERT_TRUE(edge.child->says("draining"));
  EXPECT_THAT(edge.child->err(), Not(HasSubstr("/v2/models/lenet")));
}

}  // namespace
}  // namespace tideline
