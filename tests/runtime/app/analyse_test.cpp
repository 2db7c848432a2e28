// agent --analyse from the outside, on a folder in the published study's form.
#include "tests/profiler/synthetic.h"
#include "tests/support/agent.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

namespace tideline {
namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Analyse, AStudyBecomesJsonCsvAndAPage) {
  const TemporaryFolder folder;
  fixtures::write_study(fixtures::measured({}, 0.1, 1, 1), folder / "outputs_tiny");
  const Ran ran = run_agent({TIDELINE_AGENT, "--analyse", "--format", "adaptivednn", "--samples",
                             (folder / "outputs_tiny").string(), "--json", "--html", (folder / "r.html").string(),
                             "--csv", (folder / "r.csv").string(), "--swap-cost", "20 ms"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto json = nlohmann::json::parse(ran.out);
  EXPECT_EQ(json["model"], "tiny");
  EXPECT_EQ(json["conditions"], 243);
  EXPECT_EQ(json["cuts"], 8);
  ASSERT_EQ(json["best"].size(), 243u);
  EXPECT_EQ(json["best"][0]["condition"]["uplink_bps"], 50e6);
  EXPECT_GT(json["best"][0]["confidence"], 0.0);
  for (const char* over : {"gain_over_unstressed_percent", "gain_over_best_static_percent"})
    for (const char* kind : {"raw", "denoised"})
      for (const char* figure : {"mean", "median", "p95", "max"})
        EXPECT_TRUE(json["repartition"][over][kind][figure].is_number()) << over << kind << figure;
  EXPECT_LE(json["repartition"]["differs_from_unstressed"]["denoised"], 1.0);
  EXPECT_EQ(json["break_even"]["swaps"].size(), 4u) << "what was asked for, and three more";
  EXPECT_TRUE(text_of(folder / "r.html").starts_with("<!doctype html>"));
  EXPECT_EQ(std::ranges::count(text_of(folder / "r.csv"), '\n'), 244);
}

TEST(Analyse, TheTextFitsAHundredColumns) {
  const TemporaryFolder folder;
  fixtures::write_study(fixtures::measured({}, 0.1, 1, 1), folder / "tiny");
  const Ran ran =
      run_agent({TIDELINE_AGENT, "--analyse", "--format", "adaptivednn", "--samples", (folder / "tiny").string()});
  ASSERT_EQ(ran.code, 0) << ran.err;
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

}  // namespace
}  // namespace tideline
