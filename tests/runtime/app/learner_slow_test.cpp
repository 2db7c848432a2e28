// An edge without a table: it measures its plans while it serves, and moves its cut then.
#include "tests/runtime/app/client.h"

#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace tideline {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr Duration kAMinute = std::chrono::seconds(60);

RunningAgent start_learning(std::uint16_t cloud, const fs::path& state, const std::vector<std::string>& more = {}) {
  std::vector<std::string> words{"--peer", local_address(cloud), "--state", state.string()};
  words.insert(words.end(), more.begin(), more.end());
  return start_edge(std::move(words));
}

json model(std::uint16_t port) {
  return status(port)["models"][0];
}

bool has_learned(std::uint16_t port) {
  return model(port)["policy"] == "adaptive";
}

fs::path only_file(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  EXPECT_EQ(files.size(), 1U);
  return files.empty() ? fs::path() : files.front();
}

std::string text_of(const fs::path& file) {
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

TEST(Learner, AnEdgeWithoutATableServesAtOnceAndMovesItsCutWithinAMinute) {
  const TemporaryFolder state;
  const RunningAgent cloud = start_cloud();
  const RunningAgent edge = start_learning(cloud.port, state / "");
  const Answer first = infer(edge.port);
  ASSERT_EQ(first.status, 200);
  EXPECT_EQ(first.parameters["placement"], "edge");
  ASSERT_TRUE(eventually([&] { return infer(edge.port).status == 200 && has_learned(edge.port); }, kAMinute))
      << edge.child->err();
  EXPECT_THAT(edge.child->err(), HasSubstr("lenet: moves the cut from now on: measured "));
  const Answer then = infer(edge.port);
  ASSERT_EQ(then.status, 200);
  EXPECT_EQ(then.data, first.data);
  const json table = json::parse(text_of(only_file(state / "")));
  EXPECT_EQ(table["method"], "learned");
  const json learning = model(edge.port)["learning"];
  EXPECT_EQ(learning["state"], "done");
  EXPECT_EQ(learning["since"], table["created"]);
  EXPECT_EQ(learning["measured"], table["cells"][0]["estimates"].size());
  EXPECT_GE(learning["candidates"], learning["measured"]);
}

TEST(Learner, ARestartBeginsWithWhatWasLearned) {
  const TemporaryFolder state;
  const RunningAgent cloud = start_cloud();
  {
    const RunningAgent edge = start_learning(cloud.port, state / "");
    ASSERT_TRUE(eventually([&] { return has_learned(edge.port); }, kAMinute)) << edge.child->err();
  }
  const std::string kept = text_of(only_file(state / ""));
  const RunningAgent again = start_learning(cloud.port, state / "");
  ASSERT_TRUE(eventually([&] { return has_learned(again.port); }, kAMinute)) << again.child->err();
  EXPECT_THAT(again.child->err(), HasSubstr("lenet: moves the cut by "));
  EXPECT_EQ(text_of(only_file(state / "")), kept);
}

TEST(Learner, WhatWasLearnedOnOtherMachinesIsMeasuredAgain) {
  const TemporaryFolder state;
  const RunningAgent cloud = start_cloud();
  {
    const RunningAgent edge = start_learning(cloud.port, state / "");
    ASSERT_TRUE(eventually([&] { return has_learned(edge.port); }, kAMinute)) << edge.child->err();
  }
  const fs::path file = only_file(state / "");
  json table = json::parse(text_of(file));
  table["edge"]["cpu"] = "another";
  std::ofstream(file) << table;
  const RunningAgent again = start_learning(cloud.port, state / "");
  ASSERT_TRUE(eventually([&] { return has_learned(again.port); }, kAMinute)) << again.child->err();
  EXPECT_THAT(again.child->err(), HasSubstr("is of other machines, so it measures again"));
  EXPECT_NE(json::parse(text_of(file))["edge"]["cpu"], "another");
}

TEST(Learner, ADamagedOrUnwritableStateIsSaidAndCostsOnlyTheNextStart) {
  const TemporaryFolder state;
  const RunningAgent cloud = start_cloud();
  const fs::path nowhere = state / "nowhere";
  const RunningAgent edge = start_learning(cloud.port, nowhere);
  ASSERT_TRUE(eventually([&] { return has_learned(edge.port); }, kAMinute)) << edge.child->err();
  EXPECT_THAT(edge.child->err(), HasSubstr("lenet: what it learned will be lost at a restart: "));
  fs::create_directory(nowhere);
  std::string digest = model(edge.port)["digest"];
  std::ofstream(nowhere / (digest.substr(0, 24) + ".table.json")) << "{";
  const RunningAgent again = start_learning(cloud.port, nowhere);
  ASSERT_TRUE(eventually([&] { return has_learned(again.port); }, kAMinute)) << again.child->err();
  EXPECT_THAT(again.child->err(), HasSubstr("lenet: cannot use what it learned before, so it measures again: "));
}

// Random inputs cannot show that a lossy codec keeps to a limit.
TEST(Learner, MeasuresOnlyPlansThatLoseNothingAndAreAllowed) {
  const TemporaryFolder state;
  const RunningAgent cloud = start_cloud();
  const RunningAgent edge = start_learning(cloud.port, state / "", {"--min-top1", "99 %", "--first-cut", "2"});
  ASSERT_TRUE(eventually([&] { return has_learned(edge.port); }, kAMinute)) << edge.child->err();
  const json table = json::parse(text_of(only_file(state / "")));
  for (const json& estimate : table["cells"][0]["estimates"]) {
    EXPECT_EQ(estimate["codec"], "fp32");
    EXPECT_GE(estimate["cut"], 2);
  }
}

TEST(Learner, DoesNotSendMoreThanItsPartOfADay) {
  const TemporaryFolder state;
  const RunningAgent cloud = start_cloud();
  const RunningAgent edge = start_learning(cloud.port, state / "", {"--max-sent-per-day", "16 KiB"});
  EXPECT_TRUE(edge.child->says("more than a tenth of edge.max_sent_per_day (16 KiB); raise that"));
  EXPECT_EQ(infer(edge.port).status, 200);
  EXPECT_FALSE(has_learned(edge.port));
  EXPECT_EQ(model(edge.port)["learning"]["state"], "failed");
}

TEST(Learner, ACloudThatComesLateIsLearnedThen) {
  const TemporaryFolder state;
  std::optional<RunningAgent> cloud = start_cloud();
  const std::uint16_t port = cloud->port;
  cloud.reset();
  const RunningAgent edge = start_learning(port, state / "");
  EXPECT_EQ(infer(edge.port).status, 200);
  const json waiting = model(edge.port)["learning"];
  EXPECT_EQ(waiting["state"], "waiting");
  EXPECT_THAT(waiting["text"].get<std::string>(), testing::StartsWith("waiting for the cloud: "));
  cloud = start_cloud({}, port);
  EXPECT_TRUE(eventually([&] { return has_learned(edge.port); }, kAMinute)) << edge.child->err();
}

// The uplink is too slow for all plans that send, until its limit is raised.
TEST(Learner, PlansThatWereLeftOutAreMeasuredOnceTheUplinkIsGood) {
  const TemporaryFolder folder;
  const RunningAgent cloud = start_cloud();
  const std::string config = folder.with("edge.toml", "[edge]\nuplink_limit = \"500 kbit/s\"\n");
  const RunningAgent edge = start_learning(cloud.port, folder / "", {"--config", config});
  ASSERT_TRUE(eventually([&] { return infer(edge.port).status == 200 && has_learned(edge.port); }, kAMinute))
      << edge.child->err();
  const json first = model(edge.port)["learning"];
  ASSERT_LT(first["measured"], first["candidates"]) << first;
  EXPECT_THAT(first["text"].get<std::string>(), testing::StartsWith("done; measures again when the uplink exceeds "));
  std::ofstream(config) << "[edge]\nuplink_limit = \"50 Mbit/s\"\n";
  edge.child->signal(SIGHUP);
  const auto more = [&] {
    infer(edge.port);
    return model(edge.port)["learning"]["measured"] > first["measured"];
  };
  EXPECT_TRUE(eventually(more, 4 * kAMinute)) << model(edge.port)["learning"] << edge.child->err();
  EXPECT_THAT(edge.child->err(), HasSubstr("measures its plans again: the uplink is good enough for more of them"));
}

TEST(Learner, AnotherMachineInTheCloudIsMeasured) {
  const TemporaryFolder folder;
  std::optional<RunningAgent> cloud = start_cloud();
  const std::uint16_t port = cloud->port;
  const RunningAgent edge = start_learning(port, folder / "");
  ASSERT_TRUE(eventually([&] { return has_learned(edge.port); }, kAMinute)) << edge.child->err();
  cloud.reset();
  cloud = start_cloud({"--kernels", "xnnpack"}, port);
  EXPECT_TRUE(edge.child->says("measures its plans again: another machine is the cloud", 2 * kAMinute));
  EXPECT_TRUE(eventually([&] { return model(edge.port)["learning"]["state"] == "done"; }, kAMinute));
}

// Asks with an input that no other number gives.
int ask(httplib::Client& client, const std::string& input, unsigned number) {
  std::vector<float> pixels(28 * 28);
  for (std::size_t i = 0; i < pixels.size(); ++i)
    pixels[i] = 0.5F + 0.5F * std::sin(0.01F * static_cast<float>((number + 3) * i));
  const json body{{"inputs", {{{"name", input}, {"datatype", "FP32"}, {"shape", {1, 1, 28, 28}}, {"data", pixels}}}}};
  const auto response = client.Post(kInfer, body.dump(), "application/json");
  return response ? response->status : 0;
}

// One input a second is kept; with a hundred of them it is known what steps lose.
TEST(Learner, WhatStepsLoseIsLearnedFromTheInputsOfClients) {
  const TemporaryFolder state;
  const RunningAgent cloud = start_cloud();
  const std::vector<std::string> limit{"--max-error", "10 %"};
  json kept;
  {
    const RunningAgent edge = start_learning(cloud.port, state / "", limit);
    httplib::Client client("127.0.0.1", edge.port);
    const std::string input = json::parse(client.Get("/v2/models/lenet")->body)["inputs"][0]["name"];
    unsigned number = 0;
    const auto learned = [&] {
      EXPECT_EQ(ask(client, input, number++), 200);
      return !model(edge.port)["table"].is_null() && !model(edge.port)["table"]["inputs"].is_null();
    };
    ASSERT_TRUE(eventually(learned, 5 * kAMinute)) << edge.child->err();
    EXPECT_THAT(edge.child->err(), HasSubstr("clients have sent enough inputs to measure what steps lose"));
    kept = json::parse(text_of(only_file(state / "")));
    EXPECT_THAT(kept["inputs"].get<std::string>(), HasSubstr(" inputs of clients"));
    int steps = 0;
    for (const json& estimate : kept["cells"][0]["estimates"]) {
      if (estimate["codec"] == "fp32") continue;
      ++steps;
      EXPECT_GE(estimate["agreement"]["inputs"], 100) << estimate;
      EXPECT_LE(estimate["agreement"]["max_error"], 0.1) << estimate;
    }
    EXPECT_GT(steps, 0) << edge.child->err();
  }
  const RunningAgent again = start_learning(cloud.port, state / "", limit);
  ASSERT_TRUE(eventually([&] { return has_learned(again.port); }, kAMinute)) << again.child->err();
  EXPECT_EQ(model(again.port)["table"]["inputs"], kept["inputs"]);
  EXPECT_EQ(json::parse(text_of(only_file(state / ""))), kept);
}

}  // namespace
}  // namespace tideline
