// An edge that may not hold the whole network: with its cloud, without it, and what its profiler measures.
#include "policy/table/table_json.h"
#include "runtime/app/config/files.h"
#include "runtime/base/file.h"
#include "tests/runtime/app/client.h"

#include <gtest/gtest.h>

#include <csignal>

namespace tideline {
namespace {

constexpr std::uint32_t kDeepest = 5;  // Of lenet, within 200 KiB; the last is 8.
const std::vector<std::string> kSmall{"--memory", "200 KiB"};

RunningAgent start_small_edge(std::uint16_t cloud, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = kSmall;
  arguments.insert(arguments.end(), {"--peer", local_address(cloud)});
  arguments.insert(arguments.end(), more.begin(), more.end());
  return start_edge(arguments);
}

int asked(std::uint16_t port, const std::string& path) {
  return httplib::Client("127.0.0.1", port).Get(path)->status;
}

bool ready(std::uint16_t port) {
  return asked(port, "/v2/health/ready") == 200;
}

TEST(SmallEdge, ServesItsDeepestCutWithTheCloud) {
  const RunningAgent cloud = start_cloud();
  const RunningAgent edge = start_small_edge(cloud.port);
  EXPECT_TRUE(edge.child->says("lenet: 200 KiB of memory hold cuts 0 to 5 of 8 (all need "));
  ASSERT_TRUE(eventually([&] { return ready(edge.port); }));
  const Answer answer = infer(edge.port);
  ASSERT_EQ(answer.status, 200) << answer.parameters;
  EXPECT_EQ(answer.parameters["placement"], "split");
  EXPECT_EQ(answer.parameters["cut"], kDeepest);
  const RunningAgent whole = start_edge();
  EXPECT_EQ(infer(whole.port).data, answer.data);
}

TEST(SmallEdge, SaysWhatItHoldsAndRefusesTheRest) {
  const RunningAgent cloud = start_cloud();
  const RunningAgent edge = start_small_edge(cloud.port);
  ASSERT_TRUE(eventually([&] { return ready(edge.port); }));
  EXPECT_EQ(status(edge.port)["models"][0]["deepest_cut"], kDeepest);
  for (std::uint32_t cut = 0; cut <= kDeepest; ++cut) EXPECT_EQ(infer(edge.port, {{"cut", cut}}).status, 200) << cut;
  const Answer refused = infer(edge.port, {{"cut", kDeepest + 1}});
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.parameters["error"].get<std::string>().find("cuts 0 to 5 are held here"), std::string::npos);
}

TEST(SmallEdge, CannotServeWhileTheCloudIsAwayAndServesAgainWhenItIsBack) {
  auto cloud = std::make_unique<RunningAgent>(start_cloud());
  const std::uint16_t cloud_port = cloud->port;
  const RunningAgent edge = start_small_edge(cloud_port);
  ASSERT_TRUE(eventually([&] { return ready(edge.port); }));
  ASSERT_EQ(infer(edge.port).status, 200);

  cloud->child->signal(SIGKILL);
  ASSERT_TRUE(eventually([&] { return !ready(edge.port); }));
  EXPECT_EQ(asked(edge.port, "/v2/models/lenet/ready"), 503);
  EXPECT_EQ(asked(edge.port, "/v2/health/live"), 200);
  const Answer failed = infer(edge.port);
  EXPECT_EQ(failed.status, 503);
  EXPECT_NE(failed.parameters["error"].get<std::string>().find("only the cloud holds the layers after cut 5"),
            std::string::npos);
  EXPECT_TRUE(eventually([&] {
    return status(edge.port)["models"][0]["why"].get<std::string>().find("requests fail") != std::string::npos;
  }));

  cloud = std::make_unique<RunningAgent>(start_cloud({}, cloud_port));
  ASSERT_TRUE(eventually([&] { return ready(edge.port); }));
  EXPECT_EQ(infer(edge.port).status, 200);
}

TEST(SmallEdge, ItsProfilerMeasuresWhatItHoldsIntoATableThatItServesBy) {
  const RunningAgent cloud = start_cloud();
  const TemporaryFolder folder;
  const std::string table = (folder / "table.json").string();
  const Ran ran = run_agent({TIDELINE_AGENT,  "--profile",
                             "--model",       "lenet=" + lenet_file(),
                             "--peer",        local_address(cloud.port),
                             "--memory",      "200 KiB",
                             "--threads",     "1",
                             "--cuts",        "0,4,7",
                             "--repetitions", "1",
                             "--grid",        folder.with("grid.toml", "uplink = [\"20 Mbit/s\"]\n"),
                             "--samples",     (folder / "samples.jsonl").string(),
                             "--table",       table});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.err.find("; deeper cuts are not measured"), std::string::npos) << ran.err;
  const auto measured = table::parse_table(*read_regular(table, 256_MiB));
  ASSERT_TRUE(measured) << measured.error().message;
  std::vector<std::uint32_t> cuts;
  for (const table::Estimate& e : measured->unstressed().estimates) cuts.push_back(e.plan.cut);
  EXPECT_EQ(cuts, (std::vector<std::uint32_t>{0, 4}));

  const RunningAgent edge = start_small_edge(cloud.port, {"--table", "lenet=" + table});
  EXPECT_TRUE(eventually([&] {
    const auto cut = status(edge.port)["models"][0]["plan"]["cut"].get<std::uint32_t>();
    return cut == 0 || cut == 4;
  }));
}

std::vector<std::string> inspecting(const std::vector<std::string>& more) {
  std::vector<std::string> arguments{TIDELINE_AGENT, "--inspect", "--model", "lenet=" + lenet_file(), "--all"};
  arguments.insert(arguments.end(), kSmall.begin(), kSmall.end());
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(SmallEdge, InspectShowsWhichCutsRemain) {
  const Ran ran = run_agent(inspecting({}));
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("lenet: 200 KiB of memory hold cuts 0 to 5 of 8 (all need "), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("\n   5  "), std::string::npos) << ran.out;
  EXPECT_EQ(ran.out.find("\n   6  "), std::string::npos) << ran.out;
  const auto json = nlohmann::json::parse(run_agent(inspecting({"--json"})).out);
  ASSERT_EQ(json["cuts"].size(), 9U);
  for (const auto& cut : json["cuts"]) EXPECT_EQ(cut["held"], cut["index"] <= kDeepest) << cut;
}

TEST(SmallEdge, InspectDoesNotVerifyWhatIsNotHeld) {
  const Ran ran = run_agent(inspecting({"--verify"}));
  EXPECT_EQ(ran.code, 64);
  EXPECT_NE(ran.err.find("--verify and --time need the whole network; leave out --memory"), std::string::npos)
      << ran.err;
}

}  // namespace
}  // namespace tideline
