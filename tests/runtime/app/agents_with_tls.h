// AgentsWithTls: agents of a test with certificates that the agent makes.
#pragma once

#include "tests/runtime/app/client.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tideline {

class AgentsWithTls : public testing::Test {
 protected:
  void SetUp() override {
    const Ran ran = make();
    ASSERT_EQ(ran.code, 0) << ran.err;
  }
  Ran make(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{TIDELINE_AGENT, "--make-certs", folder_.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_agent(arguments);
  }
  std::string file(const std::string& name) const { return (folder_ / name).string(); }
  std::vector<std::string> shows(const std::string& name) const {
    return {"--tls-ca", file("ca.pem"), "--tls-cert", file(name + ".pem"), "--tls-key", file(name + ".key")};
  }
  std::vector<std::string> edge_to(std::uint16_t port, const std::string& name = "edge") const {
    std::vector<std::string> arguments = shows(name);
    arguments.insert(arguments.end(), {"--peer", local_address(port), "--cut", "2"});
    return arguments;
  }

  const TemporaryFolder temporary_;
  const std::filesystem::path folder_ = temporary_ / "certs";
};

}  // namespace tideline
