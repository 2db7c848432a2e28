// What --analyse prints of campaigns whose links differ in their delay, and of those that know no delay.
#include "runtime/app/print/analysis_csv.h"
#include "runtime/app/print/analysis_json.h"
#include "runtime/app/print/analysis_text.h"
#include "tests/profiler/synthetic.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <set>
#include <sstream>

namespace tideline {
namespace {

using fixtures::link_grid;
using fixtures::Truth;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

struct Printed {
  analysis::MeasurementSet measured;
  analysis::Analysis found;
};

Printed analysed(std::vector<plan::Stress> conditions) {
  analysis::MeasurementSet measured = fixtures::measured({.conditions = std::move(conditions)}, 0.05, 2, 1);
  auto found = analyse(measured, {});
  if (!found) ADD_FAILURE() << found.error().message;
  return {std::move(measured), *std::move(found)};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(AnalysisPrint, AnotherDelayIsAnotherConditionInJson) {
  const auto [measured, found] = analysed(fixtures::link_grid());
  const json told = json::parse(print::analysis_json(measured, found));
  std::set<json> conditions;
  for (const json& best : told["best"]) conditions.insert(best["condition"]);
  EXPECT_EQ(conditions.size(), 24u);
  EXPECT_FALSE(told["best"][0]["condition"].contains("delay_ns"));
  EXPECT_EQ(told["best"][23]["condition"]["delay_ns"], 80'000'000);
  EXPECT_EQ(told["variance_explained"]["conditions"][1]["name"], "delay");
  EXPECT_EQ(told["noise_floor"]["by_level"][3]["axis"], "delay");
  EXPECT_EQ(told["noise_floor"]["by_level"][3]["level"], "10 ms");
}

TEST(AnalysisPrint, JsonHasTheAccuracyOfThePlansOfWhichItWasMeasured) {
  auto [measured, found] = analysed(fixtures::link_grid());
  EXPECT_EQ(json::parse(print::analysis_json(measured, found))["accuracy"], json::array());
  measured.plans[0].agreement = plan::Agreement{1, 0, 10};
  measured.plans[1].sent = 1234.5;
  measured.plans[1].agreement = plan::Agreement{0.9, 0.1, 10, plan::Accuracy{8, 6, 7, 7, 8}};
  const json told = json::parse(print::analysis_json(measured, found))["accuracy"];
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0]["cut"], measured.plans[1].cut);
  EXPECT_EQ(told[0]["sent_bytes"], 1234.5);
  EXPECT_EQ(told[0]["top1"]["count"], 6);
  EXPECT_EQ(told[0]["top1"]["share"], 0.75);
  EXPECT_EQ(told[0]["whole_top5"]["of"], 8);
}

TEST(AnalysisPrint, DelaysThatDifferAreAColumnOfTheCsv) {
  const auto [measured, found] = analysed(fixtures::link_grid());
  const auto lines = lines_of(print::analysis_csv(measured, found));
  ASSERT_EQ(lines.size(), 25u);
  EXPECT_TRUE(lines[0].starts_with("uplink_bps,edge_cpu,edge_memory,cloud_cpu,cloud_memory,delay_ns,best_cut,"));
  EXPECT_TRUE(lines[1].starts_with("5e+07,0,0,0,0,0,")) << lines[1];
  EXPECT_TRUE(lines[24].starts_with("1e+07,1,0,1,0,80000000,")) << lines[24];
  for (const std::string& line : lines)
    EXPECT_EQ(std::ranges::count(line, ','), std::ranges::count(lines[0], ',')) << line;
}

TEST(AnalysisPrint, ADelayThatAllConditionsHaveIsNoColumnAndNoCause) {
  auto conditions = fixtures::link_grid();
  std::erase_if(conditions, [](const plan::Stress& s) { return s.delay != std::chrono::milliseconds(10); });
  const auto [measured, found] = analysed(conditions);
  EXPECT_TRUE(
      print::analysis_csv(measured, found).starts_with("uplink_bps,edge_cpu,edge_memory,cloud_cpu,cloud_memory,best"));
  const json told = json::parse(print::analysis_json(measured, found));
  EXPECT_EQ(told["variance_explained"]["conditions"].size(), 3u) << "uplink, edge cpu, cloud cpu";
}

TEST(AnalysisPrint, TextNamesConditionsThatDifferInTheirDelayAloneApart) {
  auto conditions = fixtures::link_grid();
  for (plan::Stress& s : conditions) s.edge_memory = s.cloud_memory = 0.5;
  const auto [measured, found] = analysed(conditions);
  const auto lines = lines_of(print::analysis_text(measured, found));
  for (const std::string& line : lines) EXPECT_LE(line.size(), 100u) << line;
  for (const plan::Stress& s : measured.conditions) {
    std::size_t named = 0;
    for (std::size_t i = 0; i + 1 < lines.size(); ++i)
      named += (lines[i] + lines[i + 1]).starts_with(to_string(s) + " ") || lines[i].starts_with(to_string(s) + " ");
    EXPECT_EQ(named, 1u) << to_string(s);
  }
}

}  // namespace
}  // namespace tideline
