// Precision between real processes: what is measured and told of it, and what is refused because of it.
#include "policy/table/table_json.h"
#include "runtime/app/config/files.h"
#include "runtime/base/file.h"
#include "runtime/model/kernels/bf16.h"
#include "runtime/model/kernels/fp16.h"
#include "tests/support/agent.h"

#include <gtest/gtest.h>

#include <csignal>

namespace tideline {
namespace {

// A cloud in bf16, and an edge in fp32 where nothing else is said.
class InTwoPrecisions : public testing::Test {
 protected:
  void SetUp() override {
    if (!kernels::bf16_is_here()) GTEST_SKIP() << "the processor has no bf16";
    cloud_ = start_cloud({"--precision", "bf16"});
  }
  void expect_agreement_of_all_plans(Precision of_cloud) const {
    const table::PartitionTable measured = table();
    EXPECT_EQ(measured.origin().precisions, (plan::Precisions{Precision::fp32, of_cloud}));
    for (const table::Estimate& e : measured.unstressed().estimates) {
      ASSERT_TRUE(e.agreement) << e.cut_name;
      EXPECT_EQ(e.agreement->inputs, 4u);
      EXPECT_EQ(e.agreement->max_error > 0, is_lossy(e.plan, measured.origin().precisions, measured.edge_only().cut))
          << e.cut_name;
      EXPECT_LT(e.agreement->max_error, 0.1) << e.cut_name;
    }
  }

  Ran profile(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all{TIDELINE_AGENT, "--profile", "--model",       "lenet=" + lenet_file(),
                                 "--peer",       peer(),      "--threads",     "1",
                                 "--grid",       grid_,       "--samples",     (folder_ / "samples.jsonl").string(),
                                 "--table",      table_,      "--cuts",        "0,4",
                                 "--codecs",     "fp32,fp16", "--repetitions", "1"};
    all.insert(all.end(), more.begin(), more.end());
    return run_agent(all);
  }
  std::string peer() const { return "127.0.0.1:" + std::to_string(cloud_.port); }
  table::PartitionTable table() const { return *table::parse_table(*read_regular(table_, 256_MiB)); }
  Ran refused_edge(const std::vector<std::string>& more) const {
    std::vector<std::string> all{TIDELINE_AGENT, "--serve",     "--model", "lenet=" + lenet_file(),
                                 "--http",       "127.0.0.1:0", "--peer",  peer()};
    all.insert(all.end(), more.begin(), more.end());
    return run_agent(all);
  }

  const TemporaryFolder folder_;
  const std::string grid_ = folder_.with("grid.toml", "uplink = [\"unshaped\"]\n");
  const std::string table_ = (folder_ / "table.json").string();
  RunningAgent cloud_;
};

TEST_F(InTwoPrecisions, TheTableSaysWhichAndHowNearEveryPlanComes) {
  const Ran ran = profile({"--compared", "4"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  expect_agreement_of_all_plans(Precision::bf16);
}

class InFp32AndFp16 : public InTwoPrecisions {
 protected:
  void SetUp() override {
    if (!kernels::fp16_is_here()) GTEST_SKIP() << "XNNPACK has no fp16 on this processor";
    cloud_ = start_cloud({"--precision", "fp16"});
  }
};

TEST_F(InFp32AndFp16, TheTableSaysWhichAndHowNearEveryPlanComes) {
  const Ran ran = profile({"--compared", "4"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  expect_agreement_of_all_plans(Precision::fp16);
  EXPECT_EQ(table().origin().cloud.at("kernels"), "xnnpack");
}

TEST_F(InFp32AndFp16, VerifyingSaysHowNearTheNetworkComesToFp32) {
  const Ran ran = run_agent(
      {TIDELINE_AGENT, "--inspect", "--verify", "--json", "--model", "lenet=" + lenet_file(), "--precision", "fp16"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("\"precision\": \"fp16\""), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("\"agreement\""), std::string::npos) << ran.out;
}

TEST_F(InTwoPrecisions, AnEdgeOfAnotherPrecisionServesWithoutTheTableAndSaysSo) {
  ASSERT_EQ(profile().code, 0);
  const RunningAgent edge = start_edge({"--table", table_, "--precision", "bf16"});
  EXPECT_TRUE(edge.child->says("was measured with fp32 on the edge, but this edge computes in bf16"));
  EXPECT_TRUE(edge.child->says("cannot use its table, so the cut does not move"));
}

TEST_F(InTwoPrecisions, ACloudOfAnotherPrecisionIsWarnedOfAndTheEdgeServesAlone) {
  ASSERT_EQ(profile().code, 0);
  const RunningAgent other = start_cloud();
  const RunningAgent edge =
      start_edge({"--table", "lenet=" + table_, "--peer", "127.0.0.1:" + std::to_string(other.port)});
  EXPECT_TRUE(edge.child->says("computes in fp32, but its plans were measured in bf16, so the edge serves alone"))
      << edge.child->err();
  edge.child->signal(SIGTERM);
  EXPECT_EQ(edge.child->wait(), 0) << edge.child->err();
}

TEST_F(InTwoPrecisions, AStaticPlanOfWhichNothingIsKnownIsRefusedWhereAccuracyIsAsked) {
  const Ran ran = refused_edge({"--policy", "static", "--cut", "4", "--codec", "fp16", "--min-top1", "99 %"});
  EXPECT_EQ(ran.code, 65);
  EXPECT_NE(ran.err.find("cut 4 (fp16) of lenet violates edge.min_top1: it was not measured"), std::string::npos)
      << ran.err;
}

TEST_F(InTwoPrecisions, AStaticPlanWithoutAnAccuracyIsRefusedWhereOneIsAsked) {
  const Ran ran = refused_edge({"--policy", "static", "--cut", "4", "--codec", "fp16", "--min-accuracy", "50 %"});
  EXPECT_EQ(ran.code, 65);
  EXPECT_NE(ran.err.find("cut 4 (fp16) of lenet violates edge.min_accuracy: it was not measured"), std::string::npos)
      << ran.err;
}

TEST_F(InTwoPrecisions, AnEdgeThatRoundsMoreThanIsAskedIsRefused) {
  ASSERT_EQ(profile({"--precision", "bf16"}).code, 0);
  const Ran ran = refused_edge({"--table", table_, "--precision", "bf16", "--max-error", "0 %"});
  EXPECT_EQ(ran.code, 65);
  EXPECT_NE(ran.err.find("edge.max_error: it was measured with top-1"), std::string::npos) << ran.err;
}

TEST(Precision, AProcessorThatMayNotUseItsBf16SaysWhatIsMissing) {
  const Ran ran = run_agent({TIDELINE_AGENT, "--inspect", "--model", "lenet=" + lenet_file(), "--precision", "bf16"},
                            {{"ONEDNN_MAX_CPU_ISA", "AVX2"}});
  EXPECT_EQ(ran.code, 65);
  EXPECT_NE(ran.err.find("has no instructions for bf16 (AVX-512 BF16 or AMX); set compute.precision = \"fp32\""),
            std::string::npos)
      << ran.err;
}

}  // namespace
}  // namespace tideline
