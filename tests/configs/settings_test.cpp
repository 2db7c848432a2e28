// The examples of configs/ are complete, are what the agent reads, and say the defaults that the code has.
#include "runtime/app/config/settings.h"

#include "runtime/app/modes/campaign.h"
#include "tests/support/temporary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <fstream>
#include <set>

namespace tideline {
namespace {

const std::filesystem::path kExamples = TIDELINE_SOURCE "/configs";

// What an example shows without it being the default.
const std::set<std::string> kWithoutDefault{"edge.cut",
                                            "edge.deadline",
                                            "edge.decisions",
                                            "edge.first_cut",
                                            "edge.max_sent",
                                            "edge.max_sent_per_day",
                                            "edge.peer",
                                            "edge.policy",
                                            "edge.reconnect_after",
                                            "edge.uplink_limit",
                                            "http.listen",
                                            "http.tls_cert",
                                            "http.tls_key",
                                            "http.token_file",
                                            "objective.cloud_second",
                                            "objective.computing_watts",
                                            "objective.joule",
                                            "objective.sending_watts",
                                            "objective.sent_mib",
                                            "objective.waiting_watts",
                                            "profile.budget",
                                            "profile.codecs",
                                            "profile.http",
                                            "profile.inputs",
                                            "profile.interface",
                                            "profile.interval",
                                            "profile.sequence",
                                            "profile.shard",
                                            "tls.ca",
                                            "tls.cert",
                                            "tls.key",
                                            "tls.peer_name"};

struct Line {
  std::string key;   // "edge.patience"; "models.*" for any name of a model.
  std::string text;  // With its section, ready to be read: "[edge]\npatience = ..."
  bool off = false;  // Behind a "#".
};

std::vector<Line> lines_of(const std::string& file) {
  static const std::set<std::string> kByName{"models", "inputs", "outputs", "images", "tables", "priorities"};
  std::ifstream in(kExamples / file);
  EXPECT_TRUE(in) << file;
  std::vector<Line> lines;
  std::string section;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('[')) section = line.substr(1, line.find(']') - 1);
    const bool off = line.size() > 1 && line[0] == '#' && line[1] != ' ';
    if (off) line.erase(0, 1);
    const std::size_t equals = line.find(" = ");
    if (line.empty() || line[0] == '#' || equals == std::string::npos) continue;
    lines.push_back({section + "." + (kByName.contains(section) ? "*" : line.substr(0, equals)),
                     fmt::format("[{}]\n{}\n", section, line), off});
  }
  return lines;
}

Result<config::Config> read(const std::string& text) {
  const TemporaryFolder folder;
  config::Config config;
  if (const auto read = read_config_file(folder.with("some.toml", text), config); !read) return read.error();
  return config;
}

std::string shown(const std::vector<wire::Endpoint>& endpoints) {
  std::string text = "at";
  for (const wire::Endpoint& one : endpoints) text += " " + to_string(one);
  return text;
}

std::string shown(const std::optional<wire::Endpoint>& endpoint) {
  return endpoint ? to_string(*endpoint) : "none";
}

// Everything that a Config holds, as text to compare by.
std::string shown(const config::Config& c) {
  std::string text;
  for (const auto* entries : {&c.models, &c.tables})
    for (const auto& [name, file] : *entries) text += fmt::format("{}={} ", name, file);
  for (const auto& [name, specs] : c.inputs) text += fmt::format("{} has {} inputs ", name, specs.size());
  for (const auto& [name, names] : c.outputs) text += fmt::format("{} gives {} ", name, names.front());
  for (const auto& [name, image] : c.images) text += fmt::format("{} takes images as {} ", name, image.preset);
  text += fmt::format("compute {} {}, ", c.compute.threads, c.compute.slots);
  text += fmt::format("edge {} {} {} {} {} {} {} {} {}, ", shown(c.edge.peers),
                      c.edge.reconnect_after ? to_string(*c.edge.reconnect_after) : "never",
                      c.edge.policy ? static_cast<int>(*c.edge.policy) : -1, c.edge.cut ? int(*c.edge.cut) : -1,
                      name(c.edge.codec), c.edge.hysteresis, to_string(c.edge.patience), to_string(c.edge.tick),
                      c.edge.uplink_limit ? c.edge.uplink_limit->value : -1);
  text += fmt::format("allowed {} {} {}, ", c.edge.first_cut ? static_cast<int>(*c.edge.first_cut) : -1,
                      c.edge.max_sent ? to_string(*c.edge.max_sent) : "any",
                      c.edge.deadline ? to_string(*c.edge.deadline) : "none");
  text += fmt::format("decisions {} {}, swaps {}, a day {}, ", c.edge.decisions.value_or("none"),
                      to_string(c.edge.decisions_size), to_string(c.edge.swap_cost),
                      c.edge.max_sent_per_day ? to_string(*c.edge.max_sent_per_day) : "any");
  text += fmt::format("objective {} {} {} {} {} {}, ", to_string(c.objective.joule),
                      to_string(c.objective.cloud_second), to_string(c.objective.sent_mib), c.objective.computing_watts,
                      c.objective.sending_watts, c.objective.waiting_watts);
  text += fmt::format("cloud {} {} {} {} {} {} {} {}, ", to_string(c.cloud.listen), c.cloud.allow_stress,
                      c.cloud.limits.payload.count, c.cloud.limits.in_flight, c.cloud.limits.in_flight_bytes.count,
                      c.cloud.limits.connections, c.cloud.limits.peer_connections, to_string(c.cloud.limits.idle));
  text += fmt::format("tls {} {} {} {} {}, ", c.tls.ca, c.tls.cert, c.tls.key, c.tls.peer_name, c.tls.insecure);
  text += fmt::format("batch {} {} {} {}, ", c.cloud.max_batch, to_string(c.cloud.max_batch_wait),
                      to_string(c.cloud.drain), c.cloud.access_log);
  for (const auto& [name, priority] : c.priorities) text += fmt::format("{} has priority {} ", name, priority);
  text += fmt::format("http {} {} {} {} {} {} {} {} {}, ", shown(c.http.listen), c.http.max_body.count, c.http.workers,
                      c.http.queue, to_string(c.http.queue_time), c.http.access_log, c.http.token_file, c.http.tls_cert,
                      c.http.tls_key);
  std::vector<std::string_view> codecs;
  for (const plan::Codec codec : c.profile.codecs) codecs.push_back(name(codec));
  text += fmt::format("profile {} {} {} {} {} {} {}, ", c.profile.grid, c.profile.samples, c.profile.repetitions,
                      c.profile.seed, c.profile.cuts, codecs, c.profile.interface.value_or("none"));
  text += fmt::format("shown at {} ", shown(c.profile.http));
  text += fmt::format("inputs {} ", c.profile.inputs.value_or("random"));
  text += fmt::format("sequence {} ", c.profile.sequence.value_or("none"));
  text += fmt::format("{} {} {} {} {}, ", name(c.profile.method), c.profile.interval.value_or(-1),
                      c.profile.budget ? to_string(*c.profile.budget) : "none",
                      c.profile.shard ? fmt::format("{}/{}", c.profile.shard->index, c.profile.shard->count) : "whole",
                      c.profile.progress == config::ProgressForm::json ? "json" : "line");
  return text + "log " + c.log_level + (c.log_form == config::LogForm::json ? " json" : " text");
}

class Example : public testing::TestWithParam<const char*> {};

TEST_P(Example, IsReadByTheAgentAsItStands) {
  config::Config config;
  const auto read = read_config_file(kExamples / GetParam(), config);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(config.models.size(), 1u);
}

TEST_P(Example, HasOnlySettingsThatThereAreWithValuesThatAreRead) {
  for (const Line& line : lines_of(GetParam())) {
    const auto config = read(line.text);
    EXPECT_TRUE(config) << line.text << config.error().message;
  }
}

TEST_P(Example, SaysTheDefaultsThatTheCodeHas) {
  const std::string otherwise = shown(config::Config{});
  int defaults = 0;
  for (const Line& line : lines_of(GetParam())) {
    const auto config = read(line.text);
    if (!config || !line.off) continue;
    const bool has_default = !kWithoutDefault.contains(line.key) && !line.key.ends_with(".*");
    EXPECT_EQ(shown(*config) == otherwise, has_default) << line.text;
    defaults += has_default ? 1 : 0;
  }
  EXPECT_GT(defaults, 5);
}

INSTANTIATE_TEST_SUITE_P(Configs, Example, testing::Values("edge.toml", "cloud.toml"));

std::set<std::string> keys_of(const std::string& file) {
  std::set<std::string> keys;
  for (const Line& line : lines_of(file)) EXPECT_TRUE(keys.insert(line.key).second) << line.key << " is there twice";
  return keys;
}

// Settings that have no flag can be set for every mode that has their section.
bool is_for(const config::Setting& setting, const std::set<std::string_view>& sections_of_the_other, unsigned modes) {
  const std::string_view section = setting.key.substr(0, setting.key.find('.'));
  return setting.flag.empty() ? !sections_of_the_other.contains(section) : (setting.modes & modes) != 0;
}

TEST(Configs, TheEdgesExampleHasEverySettingOfTheEdge) {
  const auto keys = keys_of("edge.toml");
  for (const config::Setting& setting : config::settings())
    EXPECT_EQ(keys.contains(std::string(setting.key)), is_for(setting, {"cloud"}, config::kProfile | config::kServe))
        << setting.key;
}

TEST(Configs, TheCloudsExampleHasEverySettingOfTheCloud) {
  const auto keys = keys_of("cloud.toml");
  for (const config::Setting& setting : config::settings())
    EXPECT_EQ(keys.contains(std::string(setting.key)), is_for(setting, {"edge", "objective"}, config::kCloud))
        << setting.key;
}

TEST(Configs, TheGridIsReadByTheProfiler) {
  const auto cells = modes::read_grid(kExamples / "grid.toml");
  ASSERT_TRUE(cells) << cells.error().message;
  EXPECT_EQ(cells->size(), 12u);  // As its first line says.
  EXPECT_FALSE(cells->front().uplink);
}

}  // namespace
}  // namespace tideline
