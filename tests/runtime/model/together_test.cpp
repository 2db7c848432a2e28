// Networks loaded for one request that run several at once.
#include "runtime/model/api/batch_check.h"
#include "runtime/model/kernels/bf16.h"
#include "runtime/model/kernels/fp16.h"
#include "runtime/model/zoo/zoo.h"
#include "tests/runtime/model/batches.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace tideline {
namespace {

using ::testing::HasSubstr;

constexpr auto* kImage = R"(["fp32[1,3,16,16]"])";

// Convolutions, a sum, a concatenation, and images whose channels lie last at some cuts.
constexpr auto* kTwoBranches = R"(
def forward(self, x: Tensor):
  a = torch.relu(torch.conv2d(x, self.w1, None, [1, 1], [1, 1]))
  b = torch.conv2d(torch.relu(torch.conv2d(a, self.w2, None, [1, 1], [1, 1])), self.w3)
  c = torch.relu(b + a)
  d = torch.flatten(torch.max_pool2d(torch.cat([c, a], 1), [2, 2]), 1)
  return (torch.linear(torch.mean(c, [2, 3]), self.m), torch.sigmoid(d))
)";

TEST(Together, EveryTailGivesEachRequestItsOwnResult) {
  const Scratch scratch;
  write_network(scratch / "n.pt", kTwoBranches, kImage);
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  ASSERT_GE(model->cuts().size(), 7U);
  for (const std::int64_t count : {2, 3, 8}) EXPECT_LT(error_among(*model, count), 1e-5) << count;
}

TEST(Together, ANetworkOfTheZooDoes) {
  const Scratch scratch;
  expect_together(scratch, "lenet");
}

TEST(Together, InBf16TheyDifferByItsRounding) {
  if (!kernels::bf16_is_here()) GTEST_SKIP() << "the processor has no bf16";
  const Scratch scratch;
  write_network(scratch / "n.pt", kTwoBranches, kImage);
  model::Model::Options options;
  options.precision = Precision::bf16;
  const auto model = load_or_fail(scratch / "n.pt", options);
  ASSERT_TRUE(model);
  EXPECT_LT(error_among(*model, 4), 0.05);
}

TEST(Together, InFp16TheyDifferByItsRounding) {
  if (!kernels::fp16_is_here()) GTEST_SKIP() << "XNNPACK has no fp16 on this processor";
  const Scratch scratch;
  write_network(scratch / "n.pt", kTwoBranches, kImage);
  model::Model::Options options;
  options.precision = Precision::fp16;
  const auto model = load_or_fail(scratch / "n.pt", options);
  ASSERT_TRUE(model);
  EXPECT_LT(error_among(*model, 4), 0.01);
}

TEST(Together, ABatchThatTheFileIsForIsOneRequest) {
  const Scratch scratch;
  write_network(scratch / "n.pt", kTwoBranches, R"(["fp32[3,3,16,16]"])");
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  EXPECT_LT(error_among(*model, 4), 1e-5);
}

TEST(Together, ABatchThatVariesRunsAsItIs) {
  const Scratch scratch;
  write_network(scratch / "n.pt", kTwoBranches, R"(["fp32[*,3,16,16]"])");
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  EXPECT_LT(error_among(*model, 4), 1e-5);
  EXPECT_TRUE(rows_stay_apart(*model, model->whole(), 3));
}

TEST(Together, NetworksWhoseRequestsLookAtEachOtherAreFoundOut) {
  const Scratch scratch;
  const auto what_is_wrong = [&](const std::string& expression) {
    write_network(scratch / "n.pt", "def forward(self, x: Tensor):\n  return " + expression + "\n", R"(["fp32[1,8]"])");
    const auto model = load_or_fail(scratch / "n.pt");
    if (!model) return std::string();
    const auto apart = rows_stay_apart(*model, model->whole(), 1);
    return apart ? std::string() : apart.error().message;
  };
  for (const auto* mixes : {"torch.softmax(x, 0)", "x / torch.max(torch.abs(x))", "x - torch.mean(x)",
                            "torch.flip(x, [0])", "torch.cumsum(x, 0)", "torch.linear(x, self.m) * torch.sum(x * x)",
                            "(x - torch.mean(x, 0, True)) + x", "torch.sum(x, [0])"}) {
    EXPECT_THAT(what_is_wrong(mixes), HasSubstr("might change each other's answers")) << mixes;
  }
  for (const auto* fixed : {"torch.reshape(x, [1, 8])", "torch.reshape(torch.exp(x), [2, 4])"})
    EXPECT_THAT(what_is_wrong(fixed), HasSubstr("does not take several requests at once")) << fixed;
  for (const auto* fine : {"torch.softmax(x, 1)", "torch.reshape(x, [-1, 2, 4])", "x - torch.mean(x, 1, True)"})
    EXPECT_EQ(what_is_wrong(fine), "") << fine;
}

TEST(Together, TensorsOfAnotherSizeAreRefused) {
  const Scratch scratch;
  write_network(scratch / "n.pt", kTwoBranches, kImage);
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  const auto one = model::random_tensors(model->inputs(), 1);
  const auto two = model->run_together(model->whole(), one, 2);
  ASSERT_FALSE(two);
  EXPECT_EQ(two.error().kind, ErrorKind::invalid);
  const auto as_one = model->run(model->whole(), graph::stacked({one, one}));
  ASSERT_FALSE(as_one);
  EXPECT_EQ(as_one.error().kind, ErrorKind::invalid);
}

}  // namespace
}  // namespace tideline
