// The alert rules and the dashboards: promtool takes them, and they name metrics that real agents have.
#include "tests/configs/fleet.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>

namespace tideline {
namespace {

using testing::Contains;
using testing::HasSubstr;

const std::filesystem::path kDashboards = TIDELINE_SOURCE "/configs/grafana";
const std::filesystem::path kAlertTests = TIDELINE_SOURCE "/tests/configs/alerts/tideline_test.yml";

std::string file_text(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> all_matches(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) found.push_back((*at)[1]);
  return found;
}

std::vector<std::filesystem::path> dashboards() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(kDashboards))
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

std::vector<std::string> expressions(const json& dashboard) {
  std::vector<std::string> all;
  for (const json& panel : dashboard["panels"])
    for (const json& target : panel.value("targets", json::array())) all.push_back(target["expr"]);
  return all;
}

TEST(AlertRules, PromtoolTakesThemAndTheirTests) {
  if (!has_promtool()) GTEST_SKIP() << "promtool is not installed (Debian: prometheus)";
  const Ran checked = promtool({"check", "rules", kRules.string()});
  EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
  const Ran tested = promtool({"test", "rules", kAlertTests.string()});
  EXPECT_EQ(tested.code, 0) << tested.out << tested.err;
}

TEST(AlertRules, EachFiresInATest) {
  const std::string tests = file_text(kAlertTests);
  const auto names = all_matches(file_text(kRules), std::regex("- alert: (\\w+)"));
  EXPECT_GE(names.size(), 7u);
  for (const std::string& name : names) EXPECT_THAT(tests, HasSubstr("alertname=\"" + name + "\""));
}

TEST(Dashboards, AreOnesThatGrafanaCanImport) {
  ASSERT_EQ(dashboards().size(), 3u);
  for (const auto& file : dashboards()) {
    const json board = json::parse(file_text(file));
    EXPECT_EQ(board["uid"], file.stem().string());
    EXPECT_GE(board["schemaVersion"], 36);
    std::set<int> ids;
    for (const json& panel : board["panels"]) {
      EXPECT_TRUE(ids.insert(panel["id"].get<int>()).second) << panel["title"];
      EXPECT_LE(panel["gridPos"]["x"].get<int>() + panel["gridPos"]["w"].get<int>(), 24) << panel["title"];
      if (panel["type"] == "row") continue;
      EXPECT_EQ(panel["datasource"]["uid"], "${datasource}") << panel["title"];
      EXPECT_FALSE(panel["targets"].empty()) << panel["title"];
      EXPECT_NE(panel.value("description", ""), "") << panel["title"];
    }
  }
}

TEST(Dashboards, AskOnlyWhatPrometheusUnderstands) {
  if (!has_promtool()) GTEST_SKIP() << "promtool is not installed (Debian: prometheus)";
  json rules = json::array();
  for (const auto& file : dashboards())
    for (std::string expression : expressions(json::parse(file_text(file)))) {
      for (const auto& [variable, value] :
           {std::pair("\\$__rate_interval", "5m"), {"\\$job", ".*"}, {"\\$instance", ".*"}})
        expression = std::regex_replace(expression, std::regex(variable), value);
      rules.push_back({{"record", "panel" + std::to_string(rules.size())}, {"expr", expression}});
    }
  const json group{{"name", "panels"}, {"rules", rules}};
  const json groups{{"groups", json::array({group})}};
  const TemporaryFolder folder;
  const Ran checked = promtool({"check", "rules", folder.with("panels.yml", groups.dump())});  // JSON is YAML.
  EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
}

// Readings that only some machines have: without a quota nothing is throttled, and kernels may keep no such statistics.
const std::set<std::string> kOfSomeMachines{"tideline_edge_throttled_ratio", "tideline_edge_waited_ratio",
                                            "tideline_edge_cpu_pressure_ratio"};

// What two clouds and an edge say after some requests of every kind.
std::set<std::string> families_of_a_fleet() {
  const FleetCertificates certificates(std::chrono::hours(24));
  const RunningAgent cloud = start_cloud(certificates.of("cloud") + Flags{"--http", "127.0.0.1:0"});
  const RunningAgent other = start_cloud(certificates.of("cloud"));
  const RunningAgent plain = start_edge({"--peer", local_address(cloud.port)});  // Is rejected.
  const TemporaryFolder folder;
  table::PartitionTable::Origin elsewhere;
  elsewhere.edge = elsewhere.cloud = {{"cores", "1000"}};
  const std::string table = folder.with("table.json", table_of(status(plain.port), elsewhere, std::chrono::seconds(5)));
  // Under a limit even a small tensor takes long enough to measure the uplink by it.
  const RunningAgent edge = start_edge(certificates.of("edge") +
                                       Flags{"--peer", local_address(cloud.port), "--peer", local_address(other.port),
                                             "--table", table, "--policy", "adaptive", "--uplink-limit", "1 Mbit/s"});
  EXPECT_TRUE(eventually([&] {
    for (const json& peer : status(edge.port)["link"]["peers"])
      if (!peer["up"]) return false;
    return true;
  })) << edge.child->err();
  EXPECT_EQ(infer(edge.port, {{"cut", 9999}}).status, 400);
  EXPECT_EQ(infer(edge.port, {{"timeout", 1000}}).status, 503) << "the table says five seconds";
  for (int i = 0; i < 8; ++i) EXPECT_EQ(infer(edge.port, {{"cut", 2}}).status, 200);
  EXPECT_EQ(infer(edge.port).status, 200);
  std::set<std::string> names;
  const auto has = [&](const char* name) {
    names.merge(families(page_of(edge.port)));
    names.merge(families(page_of(http_port(cloud))));
    return names.contains(name);
  };
  for (const char* const late :
       {"tideline_plan_share_ratio", "tideline_link_rtt_seconds", "tideline_link_goodput_bytes_per_second",
        "tideline_cloud_refusals_total", "tideline_edge_slowdown_ratio", "tideline_cloud_slowdown_ratio",
        "tideline_table_matches_machine"})
    EXPECT_TRUE(eventually([&] {
      infer(edge.port, {{"cut", 2}});
      return has(late);
    })) << late;
  return names;
}

TEST(Monitoring, NamesOnlyMetricsThatRealAgentsHave) {
  std::string text = file_text(kRules);
  for (const auto& file : dashboards()) text += file_text(file);
  const std::set<std::string> known = families_of_a_fleet();
  for (std::string name : all_matches(text, std::regex("(tideline_[a-z_]+)"))) {
    for (const std::string ending : {"_bucket", "_count", "_sum"})
      if (name.ends_with(ending) && !known.contains(name)) name.resize(name.size() - ending.size());
    if (kOfSomeMachines.contains(name)) continue;
    EXPECT_THAT(known, Contains(name));
  }
}

}  // namespace
}  // namespace tideline
