#include "runtime/app/modes/cloud_differences.h"

#include <gtest/gtest.h>

namespace tideline {
namespace {

const modes::Machine kEdge{{"architecture", "aarch64"}, {"simd", "NEON"}, {"libtorch", "1.13.1"}, {"threads", "4"}};

link::LinkState cloud(modes::Machine machine) {
  link::LinkState state;
  state.up = true;
  state.peer = "cloud:7070";
  state.machine = std::move(machine);
  return state;
}

TEST(CloudDifferences, ACloudOfTheSameKindRoundsAsTheEdge) {
  modes::Machine same = kEdge;
  same["threads"] = "16";
  same["cpu"] = "another";
  EXPECT_EQ(modes::other_rounding(cloud(same), kEdge), "");
  EXPECT_EQ(modes::other_rounding(cloud({}), kEdge), "") << "an older cloud does not tell";
}

TEST(CloudDifferences, AnotherKindOfProcessorRoundsInAnotherWay) {
  EXPECT_EQ(
      modes::other_rounding(cloud({{"architecture", "x86_64"}, {"simd", "AVX512"}, {"libtorch", "1.13.1"}}), kEdge),
      "the cloud at cloud:7070 rounds in another way than this edge (architecture x86_64 there, aarch64 here; simd "
      "AVX512 there, NEON here), so their answers differ in the last digits");
}

TEST(CloudDifferences, OtherKernelsRoundInAnotherWay) {
  EXPECT_EQ(
      modes::other_rounding(cloud({{"kernels", "onednn"}}), {{"kernels", "xnnpack"}}),
      "the cloud at cloud:7070 rounds in another way than this edge (kernels onednn there, xnnpack here), so their "
      "answers differ in the last digits");
}

TEST(CloudDifferences, OnlyTheKindOfTheMeasuredCloudCounts) {
  const auto now = cloud({{"architecture", "x86_64"}});
  EXPECT_EQ(modes::other_architecture(now, {{"architecture", "x86_64"}, {"cpu", "another"}}), "");
  EXPECT_EQ(modes::other_architecture(now, {{"cpu", "an older table"}}), "");
  EXPECT_EQ(modes::other_architecture(now, kEdge),
            "its table was measured with another kind of processor in the cloud (aarch64) than that of cloud:7070 "
            "(x86_64), so predictions may be wrong; measure again with --profile");
}

TEST(CloudDifferences, AnotherPrecisionSaysWhatFollows) {
  EXPECT_EQ(modes::other_precision(cloud({}), Precision::fp32, false), "");
  EXPECT_EQ(modes::other_precision(cloud({}), Precision::bf16, false),
            "the cloud at cloud:7070 computes in fp32, but its plans were measured in bf16, so the edge serves alone; "
            "measure again with --profile, or start the cloud with --precision bf16");
}

}  // namespace
}  // namespace tideline
