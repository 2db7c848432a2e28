// Networks that compute with int8: what crosses are whole numbers, and every cut is exact.
#include "runtime/model/api/split.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace tideline {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;

constexpr auto* kQuantisedImage = R"(["fp32[1,3,16,16]"])";

std::shared_ptr<const model::Model> settled_model(const std::string& forward,
                                                  const std::string& inputs_json = kQuantisedImage) {
  const Scratch scratch;
  write_network(scratch / "n.pt", forward, inputs_json);
  const auto model = load_or_fail(scratch / "n.pt");
  if (model) expect_as_libtorch(*model, scratch / "n.pt");
  return model;
}

std::vector<model::Cut> cuts_with(const model::Model& model, DType dtype) {
  std::vector<model::Cut> found;
  for (const model::Cut& cut : model.cuts())
    if (std::ranges::any_of(cut.tensors, [&](const TensorSpec& spec) { return spec.dtype == dtype; }))
      found.push_back(cut);
  return found;
}

TEST(Quantised, NumbersOfOneByteCrossAndEveryCutIsExact) {
  const auto model = settled_model(
      "def forward(self, x: Tensor):\n  q = torch.quantize_per_tensor(torch.conv2d(x, self.w1), 0.0137, 67, 13)\n"
      "  q = torch.max_pool2d(torch.relu(q), [2, 2])\n  return torch.conv2d(q.dequantize(), self.w2)\n");
  ASSERT_TRUE(model);
  const auto small = cuts_with(*model, DType::uint8);
  ASSERT_GE(small.size(), 3u);
  EXPECT_EQ(to_string(small.back().tensors[0]).substr(0, 16), "uint8[1,8,7,7]");
  EXPECT_EQ(small.back().bytes.count, 8u * 7 * 7);
}

TEST(Quantised, NumbersWithASignAndWideOnesCross) {
  const auto model = settled_model(
      "def forward(self, x: Tensor):\n  a = torch.quantize_per_tensor(x, 0.05, 0, 12)\n"
      "  b = torch.quantize_per_tensor(x, 0.001, 3, 14)\n  return a.dequantize() + b.dequantize()\n");
  ASSERT_TRUE(model);
  EXPECT_FALSE(cuts_with(*model, DType::int8).empty());
  EXPECT_FALSE(cuts_with(*model, DType::int32).empty());
}

TEST(Quantised, ChannelsThatLieLastDoSoBehindTheCut) {
  const auto model = settled_model(
      "def forward(self, x: Tensor):\n  x = torch.conv2d(x, self.w1).contiguous(memory_format=2)\n"
      "  q = torch.max_pool2d(torch.quantize_per_tensor(x, 0.02, 10, 13), [3, 3])\n"
      "  return q.dequantize().flatten(1)\n");
  ASSERT_TRUE(model);
  EXPECT_FALSE(cuts_with(*model, DType::uint8).empty());
}

TEST(Quantised, AnyBatchOfThemCrosses) {
  const Scratch scratch;
  write_network(scratch / "n.pt",
                "def forward(self, x: Tensor):\n  q = torch.relu(torch.quantize_per_tensor(x, 0.02, 10, 13))\n"
                "  return torch.conv2d(q.dequantize(), self.w1)\n",
                R"(["fp32[*,3,16,16]"])");
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  EXPECT_FALSE(cuts_with(*model, DType::uint8).empty());
  const auto in = model::random_tensors(at_batch(model->inputs(), 3), 5);
  const auto whole = run_through(*model, {0, model->last_cut()}, in);
  for (const model::Cut& cut : model->cuts())
    expect_identical(run_through(*model, {0, cut.index, model->last_cut()}, in), whole);
}

TEST(Quantised, AScaleThatDependsOnTheDataNeverCrosses) {
  const auto model = settled_model(
      "def forward(self, x: Tensor):\n  x = torch.conv2d(x, self.w1)\n"
      "  q = torch.relu(torch.quantize_per_tensor_dynamic(x, 13, False))\n  return torch.conv2d(q.dequantize(), "
      "self.w2)\n");
  ASSERT_TRUE(model);
  EXPECT_TRUE(cuts_with(*model, DType::uint8).empty());
  EXPECT_THAT(model->undivided(), Contains(Field(&cuts::Region::why, HasSubstr("scale of a live tensor depends"))));
}

TEST(Quantised, AScaleForEachChannelNeverCrosses) {
  const auto model = settled_model(
      "def forward(self, x: Tensor):\n  x = torch.conv2d(x, self.w1)\n"
      "  q = torch.quantize_per_channel(x, torch.arange(1, 9) * 0.01, torch.zeros([8], dtype=4), 1, 13)\n"
      "  return torch.conv2d(q.dequantize(), self.w2)\n");
  ASSERT_TRUE(model);
  EXPECT_TRUE(cuts_with(*model, DType::uint8).empty());
}

TEST(Quantised, FilesAreNotSplitWhereTheyCross) {
  const Scratch scratch;
  write_network(scratch / "n.pt",
                "def forward(self, x: Tensor):\n  q = torch.relu(torch.quantize_per_tensor(torch.conv2d(x, self.w1), "
                "0.02, 9, 13))\n"
                "  return torch.conv2d(q.dequantize(), self.w2)\n",
                kQuantisedImage);
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  const auto cuts = cuts_with(*model, DType::uint8);
  ASSERT_FALSE(cuts.empty());
  const auto written = write_split(*model, scratch / "n.pt", cuts[0].index, scratch / "halves");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr("is quantised"));
  EXPECT_TRUE(write_split(*model, scratch / "n.pt", cuts[0].index - 1, scratch / "halves"));
}

TEST(Quantised, AnOutputThatIsQuantisedIsRefused) {
  const Scratch scratch;
  write_network(scratch / "n.pt", "def forward(self, x: Tensor):\n  return torch.quantize_per_tensor(x, 0.1, 3, 13)\n",
                kQuantisedImage);
  const auto model = model::Model::load(scratch / "n.pt", {});
  ASSERT_FALSE(model);
  EXPECT_THAT(model.error().message, HasSubstr("output 0 is quantised"));
}

}  // namespace
}  // namespace tideline
