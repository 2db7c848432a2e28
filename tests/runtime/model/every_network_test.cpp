// What networks are made of that is not a plain chain of layers: each is cut, rightly.
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

namespace tideline {
namespace {

struct Network {
  std::string name;
  std::string forward;
  std::string inputs;
  std::uint32_t cuts = 2;  // At least.
};

void PrintTo(const Network& network, std::ostream* out) {
  *out << network.name;
}

class EveryNetwork : public testing::TestWithParam<Network> {};

TEST_P(EveryNetwork, ComputesWhatLibtorchDoesAndIsExactAtEveryCut) {
  const Scratch scratch;
  write_network(scratch / "n.pt", "def forward" + GetParam().forward, GetParam().inputs);
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  EXPECT_GE(model->cuts().size(), GetParam().cuts);
  expect_as_libtorch(*model, scratch / "n.pt");
}

constexpr auto* kOneImage = R"(["fp32[1,3,16,16]"])";
constexpr auto* kRows = R"(["fp32[1,5,8]"])";

INSTANTIATE_TEST_SUITE_P(
    Kinds, EveryNetwork,
    testing::Values(
        Network{"Attention",
                "(self, x: Tensor):\n  b, n, c = x.size()\n  w = torch.cat([self.m, self.m], 0)\n"
                "  q = torch.linear(x, w).reshape([b, n, 2, 4]).permute([0, 2, 1, 3])\n"
                "  y = torch.softmax(torch.matmul(q, q.transpose(-2, -1)) * 0.5, -1)\n"
                "  y = torch.matmul(y, q).transpose(1, 2).reshape([b, n, c])\n"
                "  return torch.layer_norm(x + y, [8])\n",
                kRows, 8},
        // The size of the input is asked for first and used last, as networks for segmentation do.
        Network{"SizeOfTheInputUsedAtTheEnd",
                "(self, x: Tensor):\n  h, w = x.size(-2), x.size(3)\n  y = torch.relu(torch.conv2d(x, self.w1, None, "
                "[2, 2]))\n  y = torch.relu(torch.conv2d(y, self.w2))\n  z = torch.conv2d(y, self.w3)\n"
                "  return (torch.upsample_bilinear2d(z, [h, w], False), torch.upsample_bilinear2d(y, [h, w], False))\n",
                kOneImage, 5},
        Network{"ListThatGrows",
                "(self, x: Tensor):\n  y: List[Tensor] = []\n  a = torch.relu(torch.conv2d(x, self.w1))\n"
                "  y.append(a)\n  b = torch.relu(torch.conv2d(a, self.w3))\n  y.append(b)\n"
                "  c = torch.conv2d(b, self.w3)\n  y.append(c)\n  return torch.cat(y, 1)\n",
                kOneImage, 5},
        Network{"TuplesAndDictionariesInside",
                "(self, x: Tensor):\n  p = (torch.sin(x), torch.cos(x))\n  d = {\"a\": p[0] * p[1]}\n"
                "  return d[\"a\"] + p[1]\n",
                kOneImage, 3},
        Network{"BranchThatMayFail",
                "(self, x: Tensor):\n  y = torch.relu(torch.conv2d(x, self.w1))\n  if bool(y.sum() > -1000000):\n"
                "    z = torch.exp(-y)\n  else:\n    assert False, \"negative\"\n\n"
                "  z = torch.conv2d(z, self.w3)\n  return torch.tanh(z)\n",
                kOneImage, 4},
        Network{"AnOptionalInputIsAbsent",
                "(self, x: Tensor, mask: Optional[Tensor]=None, times: int=2):\n  y = torch.relu(torch.conv2d(x, "
                "self.w1))\n  if mask is not None:\n    y = y * mask\n  return torch.tanh(y * times)\n",
                kOneImage, 3},
        Network{"AnOutputThatIsNoneIsLeftOut",
                "(self, x: Tensor):\n  y: Tuple[Tensor, Optional[Tensor]] = (torch.conv2d(x, self.w1), None)\n"
                "  return y\n",
                kOneImage},
        Network{"TokensBesideAnImage",
                "(self, x: Tensor, tokens: Tensor):\n  y = torch.embedding(torch.cat([self.m, self.m]), tokens)\n"
                "  return torch.mean(torch.conv2d(x, self.w1), [2, 3]) + torch.mean(y, [1])\n",
                R"(["fp32[1,3,16,16]", "int64[1,7]"])", 4},
        Network{"RecurrentLayer",
                "(self, x: Tensor):\n  h = torch.zeros([1, 1, 1])\n  w = torch.reshape(self.m[:, 0], [4, 1])\n"
                "  y = torch.tanh(x)\n  z = torch.lstm(y, [h, h], [self.m, w], False, 1, 0.0, False, False, True)\n"
                "  return torch.exp(z[0])\n",
                kRows, 3},
        Network{"RecurrenceInALoop",
                "(self, x: Tensor):\n  h = torch.zeros([1, 4])\n  y: List[Tensor] = []\n  x = torch.tanh(x)\n"
                "  for t in range(x.size(1)):\n    h = torch.tanh(torch.linear(x[:, t], self.m) + h)\n"
                "    y.append(h)\n  return torch.exp(torch.stack(y, 1))\n",
                kRows, 3},
        Network{"BytesMadeNumbersInside",
                "(self, x: Tensor):\n  y = (x.permute([0, 3, 1, 2]).to(6) / 255 - 0.5) / 0.25\n"
                "  return torch.softmax(torch.mean(torch.conv2d(y, self.w1), [2, 3]), 1)\n",
                R"(["uint8[1,9,9,3]"])", 5},
        Network{"ChannelShuffle",
                "(self, x: Tensor):\n  y = torch.conv2d(x, self.w1)\n  b, c, h, w = y.size()\n"
                "  y = y.view([b, 2, c // 2, h, w]).transpose(1, 2).contiguous().view([b, c, h, w])\n"
                "  p, q = torch.chunk(y, 2, 1)\n  return torch.cat([p, torch.relu(q)], 1)\n",
                kOneImage, 4},
        Network{"SqueezeAndExcitation",
                "(self, x: Tensor):\n  y = torch.hardswish(torch.conv2d(x, self.w1))\n"
                "  s = torch.adaptive_avg_pool2d(y, [1, 1])\n  s = torch.hardsigmoid(torch.conv2d(s, self.w3))\n"
                "  return torch.silu(y * s)\n",
                kOneImage, 6},
        Network{"OtherConvolutions",
                "(self, x: Tensor):\n  y = torch.conv_transpose2d(torch.conv2d(x, self.w1), self.w2, None, [2, 2])\n"
                "  z = torch.conv1d(torch.flatten(y, 2), torch.flatten(self.w2, 2))\n"
                "  z = torch.conv3d(torch.reshape(z[:, :, :800], [1, 8, 1, 20, 40]), torch.unsqueeze(self.w2, 2))\n"
                "  return torch.group_norm(z, 4)\n",
                kOneImage, 6},
        Network{"NormalisedBySampleStatistics",
                "(self, x: Tensor):\n  y = torch.conv2d(x, self.w1)\n"
                "  y = torch.batch_norm(y, None, None, None, None, True, 0.1, 1e-5, True)\n  return torch.relu(y)\n",
                kOneImage, 3},
        Network{"NoElementsOnTheWay",
                "(self, x: Tensor):\n  y = torch.relu(torch.conv2d(x, self.w1))\n  z = torch.exp(y[:, :0])\n"
                "  return torch.tanh(torch.cat([y, z], 1))\n",
                kOneImage, 4},
        Network{"ComplexNumbersOnTheWay",
                "(self, x: Tensor):\n  y = torch.fft_rfft2(torch.tanh(x))\n  return torch.exp(torch.real(y * 2))\n",
                kOneImage, 3},
        Network{"SparseOnTheWay",
                "(self, x: Tensor):\n  y = torch.relu(x)\n  return torch.exp(torch.mm(y.to_sparse(), y))\n",
                R"(["fp32[4,4]"])", 4},
        Network{"QuantisedOnTheWay",
                "(self, x: Tensor):\n  y = torch.quantize_per_tensor(torch.relu(x), 0.1, 0, 13)\n"
                "  return torch.exp(torch.dequantize(torch.relu(y)))\n",
                kOneImage, 3},
        Network{"ShapesOfTheDataOnTheWay",
                "(self, x: Tensor):\n  y = torch.relu(x)\n  z = torch.exp(y[y > 0.1])\n"
                "  return torch.reshape(torch.sum(z) / (z.size(0) + 1), [1])\n",
                kOneImage, 3}),
    [](const auto& given) { return given.param.name; });

TEST(EveryNetwork, AttentionInOneOperatorIsCutAroundIt) {
  const Scratch scratch;
  const auto write = [&](const std::string& dropout) {
    write_network(
        scratch / "n.pt",
        "def forward(self, x: Tensor):\n  y = torch.tanh(x)\n  y = torch.scaled_dot_product_attention(y, y, y, "
        "None, " +
            dropout + ", False)\n  return torch.exp(y)\n",
        R"(["fp32[1,2,5,8]"])");
  };
  try {
    write("0.0");
  } catch (const std::exception&) {
    GTEST_SKIP() << "this libtorch has no such operator";
  }
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  EXPECT_GE(model->cuts().size(), 4U);
  expect_as_libtorch(*model, scratch / "n.pt");
  write("0.5");
  EXPECT_FALSE(model::Model::load(scratch / "n.pt", {}));
}

TEST(EveryNetwork, IsNeverCutWhereAShapeDependsOnTheData) {
  const Scratch scratch;
  write_network(scratch / "n.pt",
                "def forward(self, x: Tensor):\n  y = torch.sin(x)\n  z = torch.exp(y[y > -0.1])\n"
                "  z = torch.cos(z)\n  return torch.reshape(torch.sum(z), [1])\n",
                R"(["fp32[100]"])");
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  ASSERT_EQ(model->undivided().size(), 1U);
  EXPECT_EQ(model->undivided()[0].why, "the shape of a live tensor depends on the data");
  for (std::uint64_t seed = 0; seed < 5; ++seed)
    EXPECT_TRUE(model->run(model->whole(), model::random_tensors(model->inputs(), seed)));
}

TEST(EveryNetwork, TellsWhereAndWhyItIsNotDivided) {
  const Scratch scratch;
  write_network(scratch / "n.pt",
                "def forward(self, x: Tensor):\n  y = torch.relu(torch.conv2d(x, self.w1))\n"
                "  while bool(y.sum() > 100000):\n    y = torch.exp(-y)\n    y = torch.sin(y)\n"
                "  n = int(y.sum())\n  z = torch.cos(y)\n  z = torch.sin(z)\n  return torch.tanh(z + n)\n",
                kOneImage);
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  ASSERT_EQ(model->undivided().size(), 2U);
  EXPECT_EQ(model->undivided()[0].why, "inside a loop");
  EXPECT_LT(model->undivided()[0].after, model->undivided()[1].after);
  EXPECT_EQ(model->undivided()[1].why, "a number is alive");
  EXPECT_GE(model->undivided()[1].operators, 3U);
  expect_every_cut_exact(*model);
}

}  // namespace
}  // namespace tideline
