// agent --replay, from outside: files in, figures out.
#include "tests/support/agent.h"
#include "tests/support/temporary.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace tideline {
namespace {

std::vector<std::string> replay(std::vector<std::string> more) {
  const std::string tests = TIDELINE_SOURCE "/tests/policy/";
  std::vector<std::string> arguments{TIDELINE_AGENT, "--replay",
                                     "--table",      tests + "table/golden/table.json",
                                     "--bandwidth",  tests + "replay/golden/trace.csv"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(Replay, PrintsEveryCaseAndWhatTheyComeToTogether) {
  const std::string cpu = TIDELINE_SOURCE "/tests/policy/replay/golden/cpu.csv";
  const Ran ran = run_agent(replay({"--cpu", "idle", "--cpu", cpu, "--cpu-speed", "60", "--policy", "adaptive",
                                    "--policy", "edge-only", "--rate", "10", "--requests", "50", "--json"}));
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto json = nlohmann::json::parse(ran.out);
  ASSERT_EQ(json["cases"].size(), 4u);
  EXPECT_EQ(json["cases"][0]["policy"], "adaptive");
  EXPECT_EQ(json["cases"][0]["bandwidth"], "trace");
  EXPECT_EQ(json["cases"][0]["cpu"], "idle");
  EXPECT_EQ(json["cases"][2]["cpu"], "cpu");
  EXPECT_EQ(json["cases"][0]["requests"], 45) << "the first tenth does not count";
  EXPECT_EQ(json["pooled"].size(), 2u);
}

TEST(Replay, ServesTheRequestsOfAFileAndSaysHowManyASecondAllPlansServe) {
  const std::string requests = TIDELINE_SOURCE "/tests/policy/replay/golden/requests.csv";
  const Ran ran = run_agent(replay({"--arrivals", requests, "--policy", "clairvoyant", "--json"}));
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto one = nlohmann::json::parse(ran.out)["cases"][0];
  EXPECT_EQ(one["policy"], "clairvoyant");
  EXPECT_EQ(one["requests"], 5) << "all but the one in the first tenth";
  EXPECT_DOUBLE_EQ(one["rate_per_s"], 3) << "six in the 2 s until the last one arrives";
  EXPECT_GT(one["fluid_limit_per_s"], 0);
  double shares = 0;
  for (const auto& part : one["fluid_mix"]) shares += part["share"].get<double>();
  EXPECT_NEAR(shares, 1, 1e-3);
  const Ran text = run_agent(replay({"--arrivals", requests}));
  EXPECT_NE(text.out.find("limit /s"), std::string::npos);
}

TEST(Replay, AWorldAsMeasuredIsThatOfTheTableWhateverTheSeed) {
  const auto mean = [](std::vector<std::string> more) {
    more.insert(more.end(), {"--policy", "edge-only", "--rate", "0.5", "--requests", "400", "--json"});
    const Ran ran = run_agent(replay(more));
    EXPECT_EQ(ran.code, 0) << ran.err;
    return nlohmann::json::parse(ran.out)["cases"][0]["mean_ms"].get<double>();
  };
  EXPECT_NEAR(mean({"--as-measured", "--seed", "1"}) / mean({"--as-measured", "--seed", "2"}), 1, 0.02);
  EXPECT_GT(std::abs(mean({"--seed", "1"}) / mean({"--seed", "2"}) - 1), 0.02) << "each seed has machines of its own";
}

TEST(Replay, TakesWhatALiveEdgeComputesFromItsStatus) {
  const TemporaryFolder folder;
  const std::string file = (folder / "status.json").string();
  const auto write = [&](const std::string& digest) {
    std::ofstream(file) << R"({"models": [{"load": {"work": {"cores": 0.5, "rest_us": 3000, "plans": [{"model": ")"
                        << digest << R"(", "cut": 2, "codec": "fp32", "computed_us": 120000}]}}}]})";
  };
  write("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
  const auto few = replay({"--policy", "edge-only", "--as-measured", "--rate", "0.5", "--edge-work", file, "--json"});
  const Ran ran = run_agent(few);
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_NEAR(nlohmann::json::parse(ran.out)["cases"][0]["p50_ms"].get<double>(), 123, 6)
      << "120 ms, and 3 at the door";
  write("another");
  const Ran other = run_agent(few);
  EXPECT_EQ(other.code, 65);
  EXPECT_NE(other.err.find("--edge-work"), std::string::npos) << other.err;
  EXPECT_NE(other.err.find("has no time of a plan of the table"), std::string::npos) << other.err;
  EXPECT_EQ(run_agent(replay({"--edge-work", "nowhere.json"})).code, 66);
}

TEST(Replay, IsTheSameForTheSameSeedAndHasAPage) {
  const TemporaryFolder folder;
  const std::string page = (folder / "page.html").string();
  const Ran one = run_agent(replay({"--seed", "3", "--html", page})), other = run(replay({"--seed", "3"}));
  ASSERT_EQ(one.code, 0) << one.err;
  EXPECT_EQ(one.out, other.out);
  EXPECT_GT(std::filesystem::file_size(page), 1000u);
}

}  // namespace
}  // namespace tideline
