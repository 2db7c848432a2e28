#include "runtime/model/api/split.h"

#include "runtime/model/zoo/zoo.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

namespace tideline {
namespace {

constexpr auto* kSplitResidual = R"(
def forward(self, x: Tensor):
  v = torch.sum(self.w2, [1, 2, 3])
  a = torch.relu(torch.conv2d(x, self.w1, None, [1, 1], [1, 1]))
  b = torch.conv2d(a, self.w2, None, [1, 1], [1, 1])
  b = torch.batch_norm(b, v, v, v, torch.abs(v) + 1, False, 0.1, 1e-3, True)
  b += a
  c = torch.relu_(b)
  d = torch.cat([c, torch.dropout(torch.conv2d(c, self.w3), 0.5, False), a], 1)
  return (torch.flatten(torch.adaptive_avg_pool2d(d, [1, 1]), 1), c)
)";

TEST(Split, HeadAndTailOfEveryCutComputeWhatTheWholeComputes) {
  const Scratch scratch;
  write_network(scratch / "n.pt", kSplitResidual, R"(["fp32[1,3,16,16]"])");
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  ASSERT_GT(model->last_cut(), 4U);
  const auto in = model::random_tensors(model->inputs(), 3);
  const auto whole = run_by_libtorch(scratch / "n.pt", in);
  for (std::uint32_t cut = 1; cut < model->last_cut(); ++cut) {
    const auto written = write_split(*model, scratch / "n.pt", cut, scratch / "halves");
    ASSERT_TRUE(written) << cut << written.error().message;
    const auto crossing = run_by_libtorch(scratch / "halves/head.pt", in);
    ASSERT_EQ(crossing.size(), model->cuts()[cut].tensors.size());
    for (std::size_t i = 0; i < crossing.size(); ++i)
      EXPECT_EQ(crossing[i].shape(), model->cuts()[cut].tensors[i].shape);
    expect_identical(run_by_libtorch(scratch / "halves/tail.pt", crossing), whole);
  }
}

TEST(Split, TheHalvesAreNetworksThatTheAgentReads) {
  const Scratch scratch;
  ASSERT_TRUE(zoo::write_zoo_model("lenet", 1, scratch / "lenet.pt"));
  const auto model = load_or_fail(scratch / "lenet.pt");
  ASSERT_TRUE(model);
  ASSERT_TRUE(write_split(*model, scratch / "lenet.pt", 3, scratch / "halves"));
  const auto head = load_or_fail(scratch / "halves/head.pt"), tail = load_or_fail(scratch / "halves/tail.pt");
  ASSERT_TRUE(head && tail);
  EXPECT_EQ(head->inputs()[0].shape, model->inputs()[0].shape);
  EXPECT_EQ(tail->inputs()[0].shape, model->cuts()[3].tensors[0].shape);
  const auto in = model::random_tensors(model->inputs(), 3);
  expect_identical(run_through(*tail, {0, tail->last_cut()}, run_through(*head, {0, head->last_cut()}, in)),
                   run_through(*model, {0, model->last_cut()}, in));
}

TEST(Split, CloudOnlyAndEdgeOnlyAreNoSplit) {
  const Scratch scratch;
  ASSERT_TRUE(zoo::write_zoo_model("lenet", 1, scratch / "lenet.pt"));
  const auto model = load_or_fail(scratch / "lenet.pt");
  ASSERT_TRUE(model);
  for (const std::uint32_t cut : {0U, model->last_cut(), model->last_cut() + 7}) {
    const auto written = write_split(*model, scratch / "lenet.pt", cut, scratch / "halves");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().kind, ErrorKind::invalid);
    EXPECT_NE(written.error().message.find("1 to"), std::string::npos) << written.error().message;
  }
}

}  // namespace
}  // namespace tideline
