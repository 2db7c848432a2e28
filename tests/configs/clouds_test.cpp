// The examples for several clouds, as HAProxy reads them and as Kubernetes would, with the agent's own command line.
#include "runtime/app/config/command_line.h"
#include "tests/support/child.h"
#include "tests/support/temporary.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

namespace tideline {
namespace {

using nlohmann::json;

const std::filesystem::path kConfigs = TIDELINE_SOURCE "/configs";

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

config::Config serve_with(const std::vector<const char*>& more) {
  const TemporaryFolder folder;
  const std::string file = folder.with("edge.toml", "[edge]\npeer = [\"a:1\", \"b:2\"]\n");
  std::vector<const char*> arguments{"agent", "--serve", "-c", file.c_str()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const auto read = config::read_command_line(static_cast<int>(arguments.size()), arguments.data());
  EXPECT_TRUE(std::holds_alternative<config::Command>(read)) << std::get<config::EarlyExit>(read).text;
  return std::get<config::Command>(read).config;
}

std::vector<std::string> peers_of(const config::Config& config) {
  std::vector<std::string> peers;
  for (const wire::Endpoint& peer : config.edge.peers) peers.push_back(to_string(peer));
  return peers;
}

TEST(ListOfPeers, IsAListInTheFileAndOneFlagOrSeveralWhichOverrideIt) {
  EXPECT_THAT(peers_of(serve_with({})), testing::ElementsAre("a:1", "b:2"));
  EXPECT_THAT(peers_of(serve_with({"--peer", "c:3"})), testing::ElementsAre("c:3"));
  EXPECT_THAT(peers_of(serve_with({"--peer", "c:3,d:4", "--peer", "e:5"})), testing::ElementsAre("c:3", "d:4", "e:5"));
}

TEST(HaproxyExample, HasNothingThatHaproxyComplainsOf) {
  const std::string program = "/usr/sbin/haproxy";
  if (!std::filesystem::exists(program)) GTEST_SKIP() << program << " is not there (Debian: haproxy)";
  const std::string text =
      std::regex_replace(text_of(kConfigs / "haproxy.cfg"), std::regex("cloud-.\\.example"), "127.0.0.1");
  const TemporaryFolder folder;
  const Ran checked = run({program, "-c", "-f", folder.with("haproxy.cfg", text)});
  EXPECT_EQ(checked.code, 0) << checked.err;
  EXPECT_THAT(checked.err, testing::Not(testing::HasSubstr("WARNING"))) << checked.err;
}

class KubernetesExample : public testing::Test {
 protected:
  void SetUp() override {
    const Ran ran = run({"/usr/bin/python3", "-c",
                         "import json, sys, yaml\n"
                         "print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1])))))",
                         (kConfigs / "kubernetes" / "cloud.yaml").string()});
    if (ran.err.find("No module named") != std::string::npos) GTEST_SKIP() << "Debian: python3-yaml is not there";
    ASSERT_EQ(ran.code, 0) << ran.err;
    for (const json& object : json::parse(ran.out)) objects_[object.at("kind").get<std::string>()] = object;
    pod_ = objects_.at("Deployment").at("spec").at("template");
    cloud_ = pod_.at("spec").at("containers").at(0);
  }
  json objects_;
  json pod_;
  json cloud_;
};

TEST_F(KubernetesExample, TheServiceFindsThePodsAndTheirPort) {
  const json service = objects_.at("Service").at("spec");
  EXPECT_EQ(service.at("selector"), pod_.at("metadata").at("labels"));
  EXPECT_EQ(objects_.at("Deployment").at("spec").at("selector").at("matchLabels"), pod_.at("metadata").at("labels"));
  EXPECT_EQ(service.at("ports").at(0).at("targetPort"), cloud_.at("ports").at(0).at("name"));
}

TEST_F(KubernetesExample, TheAgentReadsItsArgumentsAndListensWhereThePodSays) {
  std::vector<std::string> arguments{"agent"};
  for (const json& argument : cloud_.at("args")) arguments.push_back(argument);
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  const auto read = config::read_command_line(static_cast<int>(argv.size()), argv.data());
  const auto* const command = std::get_if<config::Command>(&read);
  ASSERT_NE(command, nullptr) << std::get<config::EarlyExit>(read).text;
  EXPECT_EQ(command->mode, config::Mode::cloud);
  EXPECT_EQ(command->config.cloud.listen.port, cloud_.at("ports").at(0).at("containerPort"));
  EXPECT_EQ(command->config.http.listen.value_or(wire::Endpoint{}).port, cloud_.at("ports").at(1).at("containerPort"));
  const std::string folder = cloud_.at("volumeMounts").at(0).at("mountPath");
  EXPECT_TRUE(command->config.models.begin()->second.starts_with(folder + "/"));
  EXPECT_EQ(cloud_.at("volumeMounts").at(0).at("name"), pod_.at("spec").at("volumes").at(0).at("name"));
}

TEST_F(KubernetesExample, TheContainerOfTheRecipeIsOfItsUserAndTakesItsArguments) {
  const std::string recipe = text_of(kConfigs / "container" / "Containerfile");
  const json user = pod_.at("spec").at("securityContext");
  const std::string ids =
      std::to_string(user.at("runAsUser").get<int>()) + ":" + std::to_string(user.at("runAsGroup").get<int>());
  EXPECT_THAT(recipe, testing::HasSubstr("\nUSER " + ids + "\n"));
  EXPECT_THAT(recipe, testing::HasSubstr("\nENTRYPOINT [\"agent\"]\n"));
  EXPECT_FALSE(cloud_.contains("command"));
  EXPECT_THAT(recipe, testing::HasSubstr(" -t " + cloud_.at("image").get<std::string>() + " "));
  for (const json& port : cloud_.at("ports"))
    EXPECT_THAT(recipe, testing::ContainsRegex("\nEXPOSE .*" + std::to_string(port.at("containerPort").get<int>())));
  const std::string live = cloud_.at("livenessProbe").at("httpGet").at("path");
  EXPECT_THAT(recipe, testing::HasSubstr("\nHEALTHCHECK "));
  EXPECT_THAT(recipe, testing::HasSubstr("GET " + live + " HTTP/1.1"));
}

TEST_F(KubernetesExample, ThePodIsGivenTheTimeToDrain) {
  const json before = cloud_.at("lifecycle").at("preStop").at("exec").at("command");
  EXPECT_GT(pod_.at("spec").at("terminationGracePeriodSeconds").get<int>(),
            seconds(config::Config{}.cloud.drain) + std::stoi(before.at(1).get<std::string>()));
}

TEST_F(KubernetesExample, TheContainerHasNoRightsThatItDoesNotNeed) {
  const json rights = cloud_.at("securityContext");
  EXPECT_EQ(rights.at("allowPrivilegeEscalation"), false);
  EXPECT_EQ(rights.at("readOnlyRootFilesystem"), true);
  EXPECT_EQ(rights.at("capabilities").at("drop"), json::array({"ALL"}));
  EXPECT_EQ(pod_.at("spec").at("securityContext").at("runAsNonRoot"), true);
}

}  // namespace
}  // namespace tideline
