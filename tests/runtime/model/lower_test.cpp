// What lowered networks compute, beside what libtorch computes for the network as it was written.
#include "runtime/model/kernels/bf16.h"
#include "runtime/model/kernels/fp16.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

namespace tideline {
namespace {

struct Written {
  std::string name;
  std::string body;  // Of forward(self, x), or, with a second input, of forward(self, x, y).
  std::vector<std::string> inputs{"fp32[1,3,17,16]"};
  bool stays_as_it_is = false;  // Not lowered.
};

void PrintTo(const Written& written, std::ostream* out) {
  *out << written.name;
}

void write(const Written& written, const std::filesystem::path& file) {
  std::string json;
  for (const std::string& input : written.inputs) json += (json.empty() ? "[\"" : ", \"") + input + "\"";
  const std::string head = written.inputs.size() == 1 ? "x: Tensor" : "x: Tensor, y: Tensor";
  write_network(file, "def forward(self, " + head + "):\n" + written.body, json + "]");
}

class Lowering : public testing::TestWithParam<Written> {};

TEST_P(Lowering, ChangesNoResultAndLeavesEveryCutExactByAnyLibrary) {
  const Scratch scratch;
  write(GetParam(), scratch / "n.pt");
  std::string digest;
  for (const KernelChoice kernels : {KernelChoice::onednn, KernelChoice::xnnpack}) {
    SCOPED_TRACE(name(kernels));
    const auto model = load_or_fail(scratch / "n.pt", {.kernels = kernels});
    ASSERT_TRUE(model);
    EXPECT_EQ(model->kernels(), GetParam().stays_as_it_is ? KernelChoice::libtorch : kernels);
    expect_as_libtorch(*model, scratch / "n.pt");
    if (digest.empty()) digest = model->digest();
    EXPECT_EQ(model->digest(), digest);
  }
}

void expect_to_round(const Written& written, Precision precision, double most) {
  const Scratch scratch;
  write(written, scratch / "n.pt");
  const auto exact = load_or_fail(scratch / "n.pt");
  const auto loaded = model::Model::load(scratch / "n.pt", {.precision = precision});
  if (!loaded) {
    const bool multiplies = loaded.error().message.find("no convolution and no linear layer") == std::string::npos;
    EXPECT_TRUE(written.stays_as_it_is || !multiplies) << loaded.error().message;
    return;
  }
  EXPECT_FALSE(written.stays_as_it_is);
  const auto& model = *loaded;
  const auto in = model::random_tensors(model->inputs(), 11);
  const auto ours = run_through(*model, {0, model->last_cut()}, in);
  const auto theirs = run_through(*exact, {0, exact->last_cut()}, in);
  ASSERT_EQ(ours.size(), theirs.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    ASSERT_EQ(ours[i].dtype(), theirs[i].dtype());
    if (ours[i].dtype() != DType::fp32) continue;
    EXPECT_LT(relative_error(ours[i], theirs[i]), most);
  }
  ASSERT_EQ(model->cuts().size(), exact->cuts().size());
  for (std::size_t i = 0; i < model->cuts().size(); ++i) {
    EXPECT_EQ(model->cuts()[i].name, exact->cuts()[i].name);
    EXPECT_EQ(model->cuts()[i].tensors, exact->cuts()[i].tensors);
  }
  expect_every_cut_exact(*model);
}

// bf16 has 8 bits: a sum of rounded products is off by about one part in 256 of the largest number.
TEST_P(Lowering, InBf16RoundsAndLeavesEveryCutExactAndWhatCrossesAsItIsInFp32) {
  if (!kernels::bf16_is_here()) GTEST_SKIP() << "the processor has no bf16";
  expect_to_round(GetParam(), Precision::bf16, 0.03);
}

// fp16 has 11 bits, and its sums may have no more.
TEST_P(Lowering, InFp16RoundsAndLeavesEveryCutExactAndWhatCrossesAsItIsInFp32) {
  if (!kernels::fp16_is_here()) GTEST_SKIP() << "XNNPACK has no fp16 on this processor";
  expect_to_round(GetParam(), Precision::fp16, 0.01);
}

INSTANTIATE_TEST_SUITE_P(
    Operators, Lowering,
    testing::Values(
        Written{"Strides", "  return torch.conv2d(x, self.w1, None, [2, 3], [1, 0], [1, 1], 1)\n"},
        Written{
            "ZerosAround",
            "  y = torch.constant_pad_nd(x, [0, 1, 2, 3], 0)\n  return torch.relu(torch.conv2d(y, self.w1, None, [2, "
            "2], [1, 1]))\n"},
        Written{"OnesAround", "  return torch.conv2d(torch.constant_pad_nd(x, [1, 1, 1, 1], 1.0), self.w1)\n"},
        Written{"ZerosThatOthersSee",
                "  y = torch.constant_pad_nd(x, [1, 1, 1, 1], 0)\n  return (torch.conv2d(y, self.w1), y)\n"},
        Written{"BordersCutOff", "  return torch.conv2d(torch.constant_pad_nd(x, [-1, 0, 0, -2], 0), self.w1)\n"},
        Written{"Dilation", "  return torch.relu(torch.conv2d(x, self.w1, None, [1, 1], [2, 2], [2, 2], 1))\n"},
        Written{
            "Groups",
            "  y = torch.conv2d(x, self.w1)\n"
            "  return torch.conv2d(y, torch.reshape(self.w1, [24, 1, 3, 3])[0:8], None, [1, 1], [1, 1], [1, 1], 8)\n"},
        Written{"Bias", "  return torch.conv2d(x, self.w1, torch.sum(self.w1, [1, 2, 3]))\n"},
        Written{"Clipping", "  return torch.hardtanh(torch.conv2d(x, self.w1), 0.0, 0.5)\n"},
        Written{"Relu6", "  return torch.clamp(torch.conv2d(x, self.w1), 0, 6)\n"},
        Written{"OneSidedClamp", "  return torch.clamp(torch.conv2d(x, self.w1), min=0.1)\n"},
        Written{"ClampToOneNumber", "  return x.sum() + torch.clamp(torch.conv2d(x, self.w1), 0.5, 0.5)\n"},
        Written{"ClampToLimitsInTheWrongOrder", "  return torch.clamp(torch.conv2d(x, self.w1), 0.5, 0.1)\n"},
        Written{"ClampByTensor", "  y = torch.conv2d(x, self.w1)\n  return torch.clamp(y, torch.mean(y))\n"},
        Written{"Addition",
                "  a = torch.conv2d(x, self.w1)\n  b = torch.conv2d(a, self.w3)\n  return torch.relu(a + b)\n"},
        Written{
            "AdditionOfTwoConvolutions",
            "  a = torch.conv2d(x, self.w1)\n  return torch.relu(torch.conv2d(a, self.w3) + torch.conv2d(a, self.w3 "
            "* 2))\n"},
        Written{"AdditionToItself", "  a = torch.conv2d(x, self.w1)\n  return a + a\n"},
        Written{"AdditionOfOneNumberPerChannel",
                "  a = torch.conv2d(x, self.w1)\n  b = torch.mean(a, [2, 3], True)\n  return torch.relu(b + "
                "torch.conv2d(a, self.w3))\n"},
        Written{
            "AdditionOfWhatIsLarger",
            "  a = torch.conv2d(x, self.w1)\n  return torch.relu(torch.conv2d(torch.mean(a, [2, 3], True), self.w3) + "
            "a)\n"},
        Written{"AdditionOfAnotherType",
                "  return torch.relu(torch.conv2d(x, self.w1) + y)\n",
                {"fp32[1,3,6,6]", "int64[1,8,4,4]"}},
        Written{"AdditionWithAFactor",
                "  a = torch.conv2d(x, self.w1)\n  return torch.add(a, torch.conv2d(a, self.w3), alpha=2)\n"},
        Written{"NoBatch", "  return torch.relu(torch.conv2d(x, self.w1)) + 1\n", {"fp32[3,9,8]"}},
        Written{"SeveralImages", "  return torch.max_pool2d(torch.conv2d(x, self.w1), [2, 2])\n", {"fp32[5,3,9,8]"}},
        Written{"MaximaRoundedUp", "  return torch.max_pool2d(x, [3, 3], [2, 2], [1, 1], [1, 1], True)\n"},
        Written{"MaximaWithPadding", "  return torch.max_pool2d(x, [3, 2], [2, 1], [1, 0])\n"},
        Written{"MaximaWithDilation", "  return torch.max_pool2d(x, [3, 3], [2, 2], [0, 0], [2, 2])\n"},
        Written{"MaximaOfDoubles", "  return torch.max_pool2d(x, [2, 2])\n", {"fp64[1,3,8,8]"}},
        Written{"MeansWithPadding", "  return torch.avg_pool2d(x, [3, 3], [2, 2], [1, 1], False, True, None)\n"},
        Written{"MeansWithoutPadding", "  return torch.avg_pool2d(x, [3, 3], [2, 2], [1, 1], False, False, None)\n"},
        Written{"MeansOfWideSteps", "  return torch.avg_pool2d(x, [2, 2], [3, 3])\n"},
        Written{"MaximaOfWideSteps", "  return torch.max_pool2d(x, [2, 2], [3, 4])\n"},
        Written{"MaximaOfSinglePixels", "  return torch.max_pool2d(x, [1, 1], [2, 2])\n"},
        Written{"MeansRoundedUp", "  return torch.avg_pool2d(x, [3, 3], [2, 2], [1, 1], True, True, None)\n"},
        Written{"Normalisation",
                "  v = torch.sum(self.w1, [0, 2, 3])\n"
                "  return torch.relu(torch.batch_norm(x, v, v, v, torch.abs(v) + 1, False, 0.1, 1e-3, True))\n"},
        Written{"NormalisationOfRows",
                "  v = torch.sum(self.m, [0])\n"
                "  return torch.relu(torch.batch_norm(x, v, None, v, torch.abs(v) + 1, False, 0.1, 1e-3, True))\n",
                {"fp32[5,8]"}},
        Written{"Linear", "  return torch.relu(torch.linear(x, self.m, torch.sum(self.m, [1])))\n", {"fp32[1,8]"}},
        Written{"LinearOverThreeDimensions", "  return torch.gelu(torch.linear(x, self.m))\n", {"fp32[2,5,8]"}},
        Written{"LinearOfAVector", "  return torch.linear(x, self.m)\n", {"fp32[8]"}},
        Written{"LinearOfTransposed", "  return torch.linear(torch.transpose(x, 0, 1), self.m)\n", {"fp32[8,3]"}},
        Written{"ViewOfAnImage", "  y = torch.conv2d(x, self.w1)\n  return torch.linear(y.view([-1, 8]), self.m)\n"},
        Written{"StridesSeen",
                "  y = torch.conv2d(x, self.w1)\n  return torch.as_strided(y, [2, 3], [5, 1])\n",
                {"fp32[1,3,17,16]"},
                true},
        Written{"WritesThroughAView",
                "  y = torch.conv2d(x, self.w1)\n  y[0, 0].fill_(2.0)\n  return torch.relu(y)\n",
                {"fp32[1,3,17,16]"},
                true},
        Written{"InsideABranch",
                "  if bool(x.sum() > -100000):\n    x = torch.relu(torch.conv2d(x, self.w1))\n  return x + 1\n"},
        Written{"SharedWeights",
                "  y = torch.conv2d(x, self.w1)\n  y = torch.conv2d(y, self.w2)\n  return torch.conv2d(y, self.w2) + "
                "torch.sum(self.w2)\n"},
        Written{
            "ConcatenationOfImages",
            "  y = torch.conv2d(x, self.w1)\n  return torch.cat([torch.relu(y), y, torch.conv2d(y, self.w3)], 1)\n"},
        Written{"ConcatenationOfRowsOfAnImage", "  y = torch.conv2d(x, self.w1)\n  return torch.cat([y, y], 2)\n"},
        Written{"ConcatenationOfVectors", "  return torch.cat([x, x * 2], 1)\n", {"fp32[3,5]"}},
        Written{"ConcatenationOfTypes", "  return torch.cat([x, y], 1)\n", {"fp32[1,2,3,3]", "int64[1,1,3,3]"}},
        Written{"AdditionToTheInput",
                "  return torch.relu(x + torch.conv2d(torch.conv2d(x, self.w1, None, [1, 1], [1, 1]), "
                "torch.reshape(self.w3, [64])[0:24].reshape([3, 8, 1, 1])))\n"},
        Written{"SeveralUsers",
                "  y = torch.conv2d(x, self.w1)\n  z = torch.relu(y)\n  return (y, z, torch.cat([y, z], 1))\n"}),
    [](const auto& given) { return given.param.name; });

}  // namespace
}  // namespace tideline
