// agent --profile where a condition cannot be imposed: one sentence that says what, why, and how to go on.
#include "tests/support/agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tideline {
namespace {

using testing::HasSubstr;

class ProfileRefusals : public testing::Test {
 protected:
  Ran profile(std::string_view grid, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{TIDELINE_AGENT, "--profile",
                                       "--model",      "lenet=" + lenet_file(),
                                       "--peer",       "127.0.0.1:" + std::to_string(cloud_.port),
                                       "--threads",    "1",
                                       "--grid",       folder_.with("grid.toml", grid),
                                       "--samples",    (folder_ / "samples.jsonl").string(),
                                       "--table",      (folder_ / "table.json").string(),
                                       "--cuts",       "0,2"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_agent(arguments);
  }

  const TemporaryFolder folder_;
  const RunningAgent cloud_ = start_cloud();
};

TEST_F(ProfileRefusals, AnInterfaceThatIsNotThere) {
  const Ran ran = profile("uplink = [\"20 Mbit/s\"]\n", {"--interface", "no-such-dev"});
  EXPECT_NE(ran.code, 0);
  EXPECT_THAT(ran.err,
              HasSubstr("(uplink 20 Mbit/s): uplink: interface 'no-such-dev': No such device; 'ip link' lists"));
  EXPECT_THAT(ran.err, HasSubstr("continue with --resume"));
}

TEST_F(ProfileRefusals, ACloudThatDoesNotLetItselfBeLoaded) {
  const Ran ran = profile("cloud_cpu = [\"50 %\"]\n");
  EXPECT_NE(ran.code, 0);
  EXPECT_THAT(ran.err, HasSubstr("(cloud cpu 50 %): cloud: "));
  EXPECT_THAT(ran.err,
              HasSubstr("start it with --allow-stress (cloud.allow_stress), or profile with cloud shares of 0 %"));
}

TEST_F(ProfileRefusals, ADelayLongerThanTheLinkWaits) {
  const Ran ran = profile("rtt = [\"5 s\"]\n");
  EXPECT_NE(ran.code, 0);
  EXPECT_THAT(ran.err, HasSubstr("a delay in this process is 2 s at most, not 5 s; name an --interface for more"));
}

TEST_F(ProfileRefusals, AShareThatIsNone) {
  const Ran ran = profile("edge_cpu = [\"200 %\"]\n");
  EXPECT_EQ(ran.code, 64);
  EXPECT_THAT(ran.err, HasSubstr("200 %"));
}

}  // namespace
}  // namespace tideline
