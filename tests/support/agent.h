// Agent: starts the agent for a test as a real process with real sockets, and writes the zoo's lenet.
#pragma once

#include "tests/support/child.h"
#include "tests/support/temporary.h"

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace tideline {

// Starts the agent; `arguments[0]` is TIDELINE_AGENT. Forks it from this process, which saves most of the second that
// loading libtorch takes. If this process has threads of its own, or the environment must be set when libraries are
// loaded, it starts the program itself. run() and Child always start the program itself.
std::unique_ptr<Child> start_agent(std::vector<std::string> arguments, Child::Environment environment = {});
// Starts it and waits for its end.
Ran run_agent(std::vector<std::string> arguments, Child::Environment environment = {});

// A folder with lenet.pt, written once per test program.
const std::string& lenet_file();

// Starts the agent and waits until its log names the port. The port is 0 if the log does not.
struct RunningAgent {
  std::unique_ptr<Child> child;
  std::uint16_t port = 0;  // Of --listen (cloud) or of HTTP (edge).
};
RunningAgent start_cloud(std::vector<std::string> more = {}, std::uint16_t port = 0);
// Without a table, a config or --state, its policy is static.
RunningAgent start_edge(std::vector<std::string> more = {}, Child::Environment environment = {});

// Waits until `condition` holds; false when `patience` passes first.
template <typename Condition>
bool eventually(Condition condition, Duration patience = std::chrono::seconds(20)) {
  for (const TimePoint until = Clock::now() + patience; !condition();
       std::this_thread::sleep_for(std::chrono::milliseconds(5)))
    if (Clock::now() > until) return false;
  return true;
}

}  // namespace tideline
