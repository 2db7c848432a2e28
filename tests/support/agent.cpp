#include "tests/support/agent.h"

#include "runtime/app/modes/agent_main.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace tideline {
namespace {

const std::set<std::string> kChoosesPlans{"--policy", "--table", "--config", "-c", "--state"};

std::uint16_t port_after(const std::string& log, const std::string& words) {
  const std::size_t at = log.find(words);
  if (at == std::string::npos) return 0;
  const std::size_t colon = log.find(':', at + words.size());
  std::uint16_t port = 0;
  std::from_chars(log.data() + colon + 1, log.data() + log.size(), port);
  return port;
}

int main_of_the_agent(int argc, char** argv) {
  modes::leave(modes::agent_main(argc, argv));
}

RunningAgent start(std::vector<std::string> arguments, Child::Environment environment, const std::string& words) {
  RunningAgent agent{start_agent(std::move(arguments), std::move(environment))};
  if (agent.child->says(words)) agent.port = port_after(agent.child->err(), words);
  EXPECT_NE(agent.port, 0) << agent.child->err();
  return agent;
}

}  // namespace

std::unique_ptr<Child> start_agent(std::vector<std::string> arguments, Child::Environment environment) {
  if (environment.empty() && is_alone()) return std::make_unique<Child>(main_of_the_agent, std::move(arguments));
  return std::make_unique<Child>(std::move(arguments), std::move(environment));
}

Ran run_agent(std::vector<std::string> arguments, Child::Environment environment) {
  return ran(*start_agent(std::move(arguments), std::move(environment)));
}

const std::string& lenet_file() {
  static const TemporaryFolder folder;
  static const std::string file = [] {
    const std::string path = (folder / "lenet.pt").string();
    const Ran ran = run({TIDELINE_AGENT, "--zoo", "lenet", "--out", path});
    EXPECT_EQ(ran.code, 0) << ran.err;
    return path;
  }();
  return file;
}

RunningAgent start_cloud(std::vector<std::string> more, std::uint16_t port) {
  std::vector<std::string> arguments{
      TIDELINE_AGENT, "--cloud", "--model", "lenet=" + lenet_file(), "--listen", "127.0.0.1:" + std::to_string(port),
      "--threads",    "1"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return start(std::move(arguments), {}, "cloud: listening on ");
}

RunningAgent start_edge(std::vector<std::string> more, Child::Environment environment) {
  std::vector<std::string> arguments{TIDELINE_AGENT, "--serve",     "--model",   "lenet=" + lenet_file(),
                                     "--http",       "127.0.0.1:0", "--threads", "1"};
  // Without a table an edge would begin to measure, and move its cut: only the tests of that want it.
  if (std::ranges::none_of(more, [](const std::string& word) { return kChoosesPlans.contains(word); }))
    arguments.insert(arguments.end(), {"--policy", "static"});
  arguments.insert(arguments.end(), more.begin(), more.end());
  return start(std::move(arguments), std::move(environment), "serving on http://");
}

}  // namespace tideline
