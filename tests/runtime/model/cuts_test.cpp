#include "runtime/model/zoo/zoo.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>

namespace tideline {
namespace {

constexpr auto* kImage = R"(["fp32[1,3,16,16]"])";

constexpr auto* kResidualBlock = R"(
def forward(self, x: Tensor):
  a = torch.relu(torch.conv2d(x, self.w1, None, [1, 1], [1, 1]))
  b = torch.conv2d(a, self.w2, None, [1, 1], [1, 1])
  b = torch.relu(b)
  b = torch.conv2d(b, self.w3)
  b += a
  c = torch.relu_(b)
  d = torch.cat([c, torch.conv2d(c, self.w3), a], 1)
  return torch.flatten(torch.adaptive_avg_pool2d(d, [1, 1]), 1)
)";

std::shared_ptr<const model::Model> model_of(const Scratch& scratch, const std::string& source,
                                             const std::string& inputs) {
  write_network(scratch / "network.pt", source, inputs);
  return load_or_fail(scratch / "network.pt");
}

std::shared_ptr<const model::Model> from_zoo(const Scratch& scratch, std::string_view name) {
  const auto model_of = zoo::write_zoo_model(name, 1, scratch / "zoo.pt");
  EXPECT_TRUE(model_of) << model_of.error().message;
  return load_or_fail(scratch / "zoo.pt");
}

TEST(Cuts, EveryCutOfLenetIsExact) {
  const Scratch scratch;
  const auto model = from_zoo(scratch, "lenet");
  ASSERT_TRUE(model);
  EXPECT_GE(model->last_cut(), 8U);
  expect_every_cut_exact(*model);
}

TEST(Cuts, EveryCutIsExactOnTwoThreadsToo) {
  const Scratch scratch;
  const auto model = from_zoo(scratch, "lenet");
  ASSERT_TRUE(model);
  model::set_compute_threads(2);
  expect_every_cut_exact(*model);
}

TEST(Cuts, EveryCutOfMobilenetIsExact) {
  const Scratch scratch;
  const auto model = from_zoo(scratch, "mobilenet");
  ASSERT_TRUE(model);
  EXPECT_GE(model->last_cut(), 30U);
  expect_every_cut_exact(*model);
}

TEST(Cuts, EveryCutOfAResidualNetworkIsExactAndSomeShipTwoTensors) {
  const Scratch scratch;
  const auto model = model_of(scratch, kResidualBlock, kImage);
  ASSERT_TRUE(model);
  const auto ships_several = [](const model::Cut& cut) { return cut.tensors.size() > 1; };
  EXPECT_GE(std::count_if(model->cuts().begin(), model->cuts().end(), ships_several), 3);
  expect_every_cut_exact(*model);
}

TEST(Cuts, AnyPartsInARowGiveTheWhole) {
  const Scratch scratch;
  const auto model = model_of(scratch, kResidualBlock, kImage);
  ASSERT_TRUE(model);
  const auto in = model::random_tensors(model->inputs(), 3);
  const auto end = model->last_cut();
  const auto whole = run_through(*model, {0, end}, in);
  for (std::uint32_t i = 0; i <= end; ++i) {
    for (std::uint32_t j = i; j <= end; ++j) expect_identical(run_through(*model, {0, i, j, end}, in), whole);
  }
}

TEST(Cuts, TheFirstShipsTheInputsAndTheLastNothing) {
  const Scratch scratch;
  const auto model = from_zoo(scratch, "lenet");
  ASSERT_TRUE(model);
  const auto& first = model->cuts().front();
  const auto& last = model->cuts().back();
  EXPECT_EQ(first.name, "input");
  EXPECT_EQ(first.bytes.count, 28U * 28 * 4);
  EXPECT_EQ(first.head_parameters.count, 0U);
  EXPECT_EQ(first.tail_parameters, model->parameters());
  EXPECT_EQ(last.name, "output");
  EXPECT_EQ(last.bytes.count, 0U);
  EXPECT_EQ(last.head_parameters, model->parameters());
  EXPECT_EQ(last.tail_parameters.count, 0U);
  EXPECT_EQ(to_string(last.tensors[0]), "fp32[1,10]");
  EXPECT_EQ(model->parameters().count,
            4U * (6 * 25 + 6 + 16 * 6 * 25 + 16 + 400 * 120 + 120 + 120 * 84 + 84 + 840 + 10));
}

TEST(Cuts, OnlyThoseThatShipLessThanEveryEarlierOneAreNotDominated) {
  const Scratch scratch;
  const auto model = from_zoo(scratch, "mobilenet");
  ASSERT_TRUE(model);
  auto least = model->cuts().front().bytes;
  EXPECT_FALSE(model->cuts().front().dominated);
  EXPECT_FALSE(model->cuts().back().dominated);
  for (const auto& cut : model->cuts().subspan(1, model->cuts().size() - 2)) {
    EXPECT_EQ(cut.dominated, cut.bytes >= least) << cut.name;
    least = std::min(least, cut.bytes);
  }
}

TEST(Cuts, HeadsOnlyGrowAndTailsOnlyShrink) {
  const Scratch scratch;
  const auto model = from_zoo(scratch, "mobilenet");
  ASSERT_TRUE(model);
  for (std::uint32_t i = 1; i <= model->last_cut(); ++i) {
    EXPECT_GE(model->cuts()[i].head_parameters, model->cuts()[i - 1].head_parameters);
    EXPECT_LE(model->cuts()[i].tail_parameters, model->cuts()[i - 1].tail_parameters);
    EXPECT_EQ(model->cuts()[i].index, i);
  }
}

TEST(Cuts, AreNamedAfterTheLayersOfTheNetwork) {
  const Scratch scratch;
  const auto model = from_zoo(scratch, "lenet");
  ASSERT_TRUE(model);
  std::vector<std::string> names;
  for (const auto& cut : model->cuts()) names.push_back(cut.name);
  EXPECT_THAT(names, testing::IsSupersetOf({"features.1 relu", "features.2 avg_pool2d", "classifier.3 relu"}));
}

TEST(Cuts, ANetworkThatBeginsInPlaceLeavesItsInputAlone) {
  const Scratch scratch;
  const auto model = model_of(scratch,
                              "def forward(self, x: Tensor):\n  torch.relu_(x)\n  y = x.view([3, 256])\n  y.mul_(2)\n"
                              "  return torch.relu_(torch.conv2d(x, self.w1)).add_(1)\n",
                              kImage);
  ASSERT_TRUE(model);
  const auto in = model::random_tensors(model->inputs(), 5);
  const std::vector<std::byte> before(in[0].bytes().begin(), in[0].bytes().end());
  expect_identical(run_through(*model, {0, model->last_cut()}, in), run_through(*model, {0, model->last_cut()}, in));
  expect_every_cut_exact(*model);
  EXPECT_EQ(std::memcmp(before.data(), in[0].bytes().data(), before.size()), 0);
}

// The tensor that crosses is written to through a view: the tail must do that to a copy.
TEST(Cuts, NoPartWritesToWhatItIsGiven) {
  const Scratch scratch;
  const auto model = model_of(scratch,
                              "def forward(self, x: Tensor):\n  y = torch.sin(x)\n  z = torch.exp(y)\n"
                              "  z[0, 0].fill_(3.0)\n  z.t_()\n  return torch.tanh(z * 2)\n",
                              R"(["fp32[6,5]"])");
  ASSERT_TRUE(model);
  auto tensors = model::random_tensors(model->inputs(), 5);
  for (std::uint32_t from = 0; from < model->last_cut(); ++from) {
    const std::vector<std::byte> before(tensors[0].bytes().begin(), tensors[0].bytes().end());
    for (std::uint32_t to = from + 1; to <= model->last_cut(); ++to) run_through(*model, {from, to}, tensors);
    EXPECT_EQ(std::memcmp(before.data(), tensors[0].bytes().data(), before.size()), 0) << from;
    tensors = run_through(*model, {from, from + 1}, tensors);
  }
  expect_every_cut_exact(*model);
}

TEST(Cuts, ATupleAndAListGiveOneOutputForEachTensor) {
  const Scratch scratch;
  const auto model = model_of(scratch,
                              "def forward(self, x: Tensor):\n  y = torch.conv2d(x, self.w1)\n"
                              "  return (torch.relu(y), [y, x], (y.sum(), x))\n",
                              kImage);
  ASSERT_TRUE(model);
  ASSERT_EQ(model->outputs().size(), 5U);
  EXPECT_EQ(model->outputs()[4].name, "output4");
  EXPECT_EQ(to_string(model->outputs()[3]), "fp32[]");
  EXPECT_EQ(to_string(model->outputs()[2]), "fp32[1,3,16,16]");
  expect_every_cut_exact(*model);
}

TEST(Cuts, BranchesAndLoopsAreNeverCutThroughAndTransposedTensorsCrossExactly) {
  const Scratch scratch;
  const auto model = model_of(scratch,
                              "def forward(self, x: Tensor):\n  y = torch.matmul(self.m, x)\n  n = y.size(0)\n"
                              "  if bool(y.sum() > 0):\n    y = torch.exp(y) @ torch.ones([5, 5])\n"
                              "  else:\n    y = torch.sin(y)\n"
                              "  for i in range(n):\n    y = y + torch.cos(y) * i\n"
                              "  z = torch.transpose(y, 0, 1)\n  return torch.matmul(z, self.m)\n",
                              R"(["fp32[8,5]"])");
  ASSERT_TRUE(model);
  EXPECT_GE(model->last_cut(), 2U);
  const auto transposed = [](const model::Cut& cut) { return cut.name.find("transpose") != std::string::npos; };
  EXPECT_EQ(std::count_if(model->cuts().begin(), model->cuts().end(), transposed), 1);
  expect_every_cut_exact(*model);
}

TEST(Cuts, ANetworkThatReturnsItsInputHasTheTwoCutsThatAllHave) {
  const Scratch scratch;
  const auto model = model_of(scratch, "def forward(self, x: Tensor):\n  return x\n", R"(["int64[3]"])");
  ASSERT_TRUE(model);
  EXPECT_EQ(model->cuts().size(), 2U);
  expect_every_cut_exact(*model);
}

}  // namespace
}  // namespace tideline
