// Every example, as it stands, against real agents on this machine.
#include "tests/runtime/app/client.h"
#include "tests/support/images.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <sstream>
#include <vector>

namespace tideline {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

const std::filesystem::path kExamples = std::filesystem::path(TIDELINE_SOURCE) / "examples";

std::string url(const RunningAgent& edge) {
  return "http://" + local_address(edge.port);
}

// Returns the first of the programs that is not there; empty if all are.
std::string missing(const std::vector<std::string>& programs) {
  const auto gone =
      std::ranges::find_if(programs, [](const std::string& p) { return !std::filesystem::exists("/usr/bin/" + p); });
  return gone == programs.end() ? "" : *gone;
}

TEST(Examples, CurlAsksWithAndWithoutPacking) {
  if (const std::string gone = missing({"curl", "gzip"}); !gone.empty())
    GTEST_SKIP() << "Debian: " << gone << " is not there";
  const RunningAgent edge = start_edge();
  const Ran ran = run({"/bin/sh", (kExamples / "curl.sh").string(), url(edge)});
  ASSERT_EQ(ran.code, 0) << ran.err << ran.out;
  std::vector<json> answers;
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);) answers.push_back(json::parse(line, nullptr, false));
  ASSERT_EQ(answers.size(), 5u) << ran.out;
  EXPECT_EQ(answers[0]["ready"], true);
  EXPECT_EQ(answers[1]["name"], "lenet");
  EXPECT_EQ(answers[2]["outputs"][0]["data"].size(), 10u);
  EXPECT_EQ(answers[3]["outputs"], answers[2]["outputs"]) << "packed or not";
  EXPECT_EQ(answers[4]["models"][0]["name"], "lenet");
}

constexpr auto* kClass = "class [0-9], score -?[0-9.e-]+; edge, cut [0-9]+.*\n";

TEST(Examples, ThePythonClientNeedsItsStandardLibraryAlone) {
  if (!missing({"python3"}).empty()) GTEST_SKIP() << "Debian: python3 is not there";
  const RunningAgent edge = start_edge();
  const Ran ran = run({"/usr/bin/python3", "-S", (kExamples / "client.py").string(), url(edge), "lenet"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, MatchesRegex(kClass));
}

TEST(Examples, TheClientInCppSaysTheSameClass) {
  const RunningAgent edge = start_edge();
  const Ran ran = run({EXAMPLE_CLIENT, url(edge)});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, MatchesRegex(kClass));
  const Ran wrong = run({EXAMPLE_CLIENT, url(edge), "nobody"});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_THAT(wrong.err, HasSubstr("Request for unknown model: 'nobody' is not found"));
  if (!missing({"python3"}).empty()) return;
  const Ran python = run({"/usr/bin/python3", (kExamples / "client.py").string(), url(edge)});
  EXPECT_EQ(python.out.substr(0, python.out.find(',')), ran.out.substr(0, ran.out.find(',')));
}

// Which frames a busy machine answers in time, nobody knows; but each is answered or dropped.
TEST(Examples, TheCameraAnswersOrDropsEveryFrame) {
  if (!missing({"python3"}).empty()) GTEST_SKIP() << "Debian: python3 is not there";
  const TemporaryFolder folder;
  const std::string path = (folder / "").string();
  for (unsigned i = 0; i < 6; ++i) folder.with("frame" + std::to_string(i) + ".jpg", text_of(drawn_jpeg(64, 48, i)));
  const RunningAgent edge = start_edge(
      {"--image", "lenet=raw", "--image", "lenet.colour=grey", "--image", "lenet.scale=0.00392156862745098"});
  const Ran ran =
      run({"/usr/bin/python3", (kExamples / "camera.py").string(), url(edge), "lenet", path, "20", "60000"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  int answered = 0, dropped = 0;
  ASSERT_EQ(std::sscanf(ran.out.c_str(), "%d answered, %d dropped", &answered, &dropped), 2) << ran.out;
  EXPECT_EQ(answered + dropped, 6);
  EXPECT_GE(answered, 1) << ran.out;
}

// The services of compose.yaml as processes of this machine: no engine is needed, but the images are not tested.
class ComposeFile : public testing::Test {
 protected:
  void SetUp() override {
    const Ran ran =
        run({"/usr/bin/python3", "-c", "import json, sys, yaml\nprint(json.dumps(yaml.safe_load(open(sys.argv[1]))))",
             (kExamples / "compose.yaml").string()});
    if (ran.err.find("No module named") != std::string::npos) GTEST_SKIP() << "Debian: python3-yaml is not there";
    ASSERT_EQ(ran.code, 0) << ran.err;
    services_ = json::parse(ran.out)["services"];
  }
  std::string folder() const { return (folder_ / "").string(); }
  // The arguments of a service, with what only its container has replaced.
  std::vector<std::string> arguments(const std::string& service,
                                     const std::vector<std::pair<std::string, std::string>>& replaced) const {
    std::vector<std::string> all{TIDELINE_AGENT};
    for (std::string argument : services_[service]["command"]) {
      for (const auto& [from, to] : replaced)
        if (const std::size_t at = argument.find(from); at != std::string::npos) argument.replace(at, from.size(), to);
      all.push_back(argument);
    }
    all.insert(all.end(), {"--threads", "1"});
    return all;
  }
  static std::uint16_t port_in(const Child& child, const std::string& words) {
    const std::size_t at = child.err().find(words);
    return static_cast<std::uint16_t>(std::stoi(child.err().substr(child.err().find(':', at + words.size()) + 1)));
  }

 private:
  const TemporaryFolder folder_;
  json services_;
};

TEST_F(ComposeFile, StartsACloudAndAnEdgeThatFindEachOther) {
  ASSERT_EQ(run_agent({TIDELINE_AGENT, "--make-certs", folder(), "--name", "cloud"}).code, 0) << "as the service certs";
  const std::vector<std::pair<std::string, std::string>> here{{"/models/net.pt", lenet_file()},
                                                              {"/certs/", folder()},
                                                              {"0.0.0.0:7070", "127.0.0.1:0"},
                                                              {"0.0.0.0:8081", "127.0.0.1:0"}};
  const auto cloud = start_agent(arguments("cloud", here));
  ASSERT_TRUE(cloud->says("cloud: HTTP on ")) << cloud->err();
  std::vector<std::pair<std::string, std::string>> with_cloud = here;
  with_cloud.insert(with_cloud.end(),
                    {{"cloud:7070", local_address(port_in(*cloud, "listening on "))}, {"0.0.0.0:8080", "127.0.0.1:0"}});
  std::vector<std::string> edge_arguments = arguments("edge", with_cloud);
  edge_arguments.insert(edge_arguments.end(), {"--tls-peer-name", "cloud"});
  const auto edge = start_agent(edge_arguments);
  ASSERT_TRUE(edge->says("serving on http://")) << edge->err();
  const std::uint16_t port = port_in(*edge, "serving on http://");
  EXPECT_TRUE(eventually([&] { return linked(port); })) << edge->err();
}

TEST_F(ComposeFile, IsOneThatDockerReads) {
  if (missing({"docker"}) == "docker" && !std::filesystem::exists("/usr/local/bin/docker"))
    GTEST_SKIP() << "docker is not there";
  // Without a server to ask: it only reads the file.
  const Ran there = run({"/usr/bin/env", "docker", "compose", "version"});
  if (there.code != 0) GTEST_SKIP() << "docker has no compose";
  const Ran ran =
      run({"/usr/bin/env", "docker", "compose", "-f", (kExamples / "compose.yaml").string(), "config", "-q"});
  EXPECT_EQ(ran.code, 0) << ran.err;
}

}  // namespace
}  // namespace tideline
