// Which networks keep the requests of a batch apart, as far as their graph tells.
#include "runtime/model/api/batch_check.h"
#include "runtime/model/zoo/zoo.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <gmock/gmock.h>

namespace tideline {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto* kRow = "fp32[1,8]";
constexpr auto* kRowsNetwork = "fp32[1,4,6]";
constexpr auto* kRowsImage = "fp32[1,3,16,16]";

struct WrittenCase {
  const char* input;
  const char* body;  // The last line of it, an expression, is what it gives; x has been through an operator before.
};

std::string source_of(const WrittenCase& network) {
  std::string text = "def forward(self, x: Tensor):\n  x = torch.neg(torch.neg(x))\n", body = network.body;
  std::size_t begin = 0;
  for (auto end = body.find('\n'); end != std::string::npos; begin = end + 1, end = body.find('\n', begin))
    text += "  " + body.substr(begin, end - begin) + "\n";
  return text + "  return " + body.substr(begin) + "\n";
}

// What is said against running requests together; empty where nothing is.
std::string rows_refusal(const WrittenCase& network) {
  const Scratch scratch;
  write_network(scratch / "n.pt", source_of(network), "[\"" + std::string(network.input) + "\"]");
  const auto model = load_or_fail(scratch / "n.pt");
  if (!model) return {};
  const auto proved = model->keeps_apart(model->whole(), 1);
  if (!proved) return proved.error().message;
  const auto tried = rows_stay_apart(*model, model->whole(), 1);
  EXPECT_TRUE(tried) << "what was proved is not so: " << network.body << ": " << tried.error().message;
  return {};
}

// Each looks at several requests at once, counts them, or has the batch that it was written for among its numbers.
constexpr WrittenCase kMix[] = {
    {kRow, "torch.where(torch.max(x) > 50, x / 255, x)"},
    {kRow, "if bool(torch.max(x) > 50):\n  x = x / 255\nx"},
    {kRow, "n = int(torch.sum(x))\nfor i in range(n):\n  x = x + 1\nx"},
    {kRow, "while bool(torch.max(x) > 50):\n  x = x / 255\nx"},
    {kRow, "x * float(torch.max(x))"},
    {kRow, "x / torch.max(torch.abs(x))"},
    {kRow, "x - torch.mean(x)"},
    {kRow, "x - torch.mean(x, [0])"},
    {kRow, "x - torch.mean(x, [-2], True)"},
    {kRow, "x * torch.sum(x, [0, 1])"},
    {kRow, "x / torch.norm(x)"},
    {kRow, "x / torch.norm(x, 2, [0], True)"},
    {kRow, "x * torch.std(x)"},
    {kRow, "x * torch.median(x)"},
    {kRow, "x + torch.argmax(x)"},
    {kRow, "x * torch.any(x > 3)"},
    {kRow, "x * torch.prod(x, 0)"},
    {kRow, "torch.softmax(x, 0)"},
    {kRow, "torch.log_softmax(x, -2)"},
    {kRow, "torch.cumsum(x, 0)"},
    {kRow, "torch.flip(x, [0])"},
    {kRow, "torch.flip(x, [1, -2])"},
    {kRow, "torch.roll(x, 1)"},
    {kRow, "torch.roll(x, [1], [0])"},
    {kRow, "torch.sort(x, 0)[0]"},
    {kRow, "torch.topk(x, 1, 0)[0]"},
    {kRow, "torch.max(x, 0, True)[0]"},
    {kRow, "x * torch.mean(x[x > 0])"},
    {kRow, "x[0:1]"},
    {kRow, "x[-1:]"},
    {kRow, "x + x[0]"},
    {kRow, "x + torch.select(x, 0, -1)"},
    {kRow, "torch.index_select(x, 0, torch.zeros([1], dtype=4))"},
    {kRow, "x[torch.zeros([1], dtype=4)]"},
    {kRow, "torch.gather(x, 0, torch.zeros([1, 8], dtype=4))"},
    {kRow, "torch.gather(x, 1, torch.zeros([1, 8], dtype=4))"},
    {kRow, "x.view([1, 8]) * 2"},
    {kRow, "torch.reshape(x, [1, -1])"},
    {kRow, "torch.reshape(x, [2, 4])"},
    {kRow, "torch.reshape(x, [2, -1])"},
    {kRow, "torch.reshape(torch.t(x), [-1, 8])"},
    {kRow, "torch.t(x)"},
    {kRow, "torch.transpose(x, 0, 1)"},
    {kRow, "torch.squeeze(x)"},
    {kRow, "torch.squeeze(x, 0)"},
    {kRow, "torch.unsqueeze(x, 0)"},
    {kRow, "x + torch.t(x)"},
    {kRow, "x + torch.unsqueeze(x, 1)"},
    {kRow, "torch.matmul(x, torch.t(x))"},
    {kRow, "torch.mm(torch.matmul(x, torch.t(x)), x)"},
    {kRow, "torch.matmul(torch.t(x), x)"},
    {kRow, "torch.linear(x, x)"},
    {kRow, "torch.addmm(x, torch.mm(x, torch.t(x)), x)"},
    {kRow, "x / x.size(0)"},
    {kRow, "x * x.numel()"},
    {kRow, "if x.size(0) > 1:\n  x = x * 2\nx"},
    {kRow, "x + torch.unsqueeze(torch.arange(x.size(0)), 1)"},
    {kRow, "x.expand([1, 8]) * 2"},
    {kRow, "x.repeat([2, 1])"},
    {kRow, "torch.cat([x, x], 0)"},
    {kRow, "torch.stack([x, x])"},
    {kRow, "torch.stack(torch.unbind(x, 0), 0)"},
    {kRow, "torch.cat(torch.split(x, 1, 0), 1)"},
    {kRow, "y = torch.exp(x)\ny[0] = 1\ny"},
    {kRow, "y = torch.zeros([1, 8])\ny.copy_(x)\nx + y"},
    {kRow, "torch.batch_norm(x, None, None, None, None, True, 0.1, 0.001, False)"},
    {kRow, "torch.batch_norm(torch.t(x), None, None, self.m[0, 0:1], self.m[1, 0:1], False, 0.1, 0.001, False)"},
    {kRow, "torch.layer_norm(x, [1, 8])"},
    {kRow, "torch.cdist(x, x)"},
    {kRow, "x * torch.nonzero(x).size(0)"},
    {kRow, "torch.histc(x)"},
    {kRow, "torch.var(x, 0, False, True) + x"},
    {kRow, "self.m"},
    {kRow, "torch.full([4], 2)"},
    {kRowsNetwork, "torch.bmm(torch.transpose(x, 0, 1), torch.permute(x, [1, 2, 0]))"},
    {kRowsNetwork, "torch.softmax(torch.matmul(torch.permute(x, [1, 0, 2]), torch.permute(x, [1, 2, 0])), -1)"},
    {kRowsNetwork, "torch.permute(x, [1, 0, 2])"},
    {kRowsNetwork, "torch.reshape(torch.permute(x, [1, 0, 2]), [-1, 4, 6])"},
    {kRowsNetwork, "torch.reshape(torch.permute(x, [1, 2, 0]), [x.size(0), 4, 6])"},
    {kRowsNetwork, "torch.flatten(x, 0, 1)[0:4]"},
    {kRowsNetwork, "torch.layer_norm(torch.permute(x, [1, 0, 2]), [x.size(0), 6])"},
    {kRowsNetwork, "torch.conv1d(torch.transpose(x, 0, 1), self.w3[0:4, 0:1, :, 0])"},
    {"fp32[3,16,16]", "torch.conv2d(x, self.w1)"},
    {"fp32[3,8]", "x - torch.mean(x, [0])"},
    {"fp32[3,8]", "torch.matmul(self.m[0:3, 0:3], x)"},
    {"fp32[3,8]", "x * self.m[0:3]"},
    {"fp32[4]", "torch.zeros([int(torch.sum(x)) * 0 + 1]) + 1"},
    {kRowsImage, "torch.conv2d(torch.transpose(x, 0, 1), self.w1[:, 0:1])"},
    {kRowsImage, "x / torch.amax(x, [0, 2, 3], True)"},
    {kRowsImage, "torch.instance_norm(torch.transpose(x, 0, 1), None, None, None, None, True, 0.1, 0.001, False)"},
    {kRowsImage, "torch.group_norm(torch.transpose(x, 0, 1), 1)"},
    {kRowsImage, "torch.channel_shuffle(torch.transpose(x, 0, 1), x.size(0))"},
    {kRowsImage, "torch.max_pool2d(torch.permute(x, [1, 2, 0, 3]), [1, 2])"},
    {kRowsImage, "torch.constant_pad_nd(x, [0, 0, 0, 0, 0, 0, 1, 1])"},
    {kRowsImage, "torch.avg_pool3d(torch.permute(x, [1, 0, 2, 3]), [1, 2, 2])"},
};

// Their siblings: the same operators, along other dimensions.
constexpr WrittenCase kApart[] = {
    {kRow, "torch.where(x > 0.5, x / 255, x)"},
    {kRow, "if self.count == 0:\n  x = x / 255\nx"},
    {kRow, "for i in range(3):\n  x = torch.sin(x) + i\nx"},
    {kRow, "for i in range(x.size(1)):\n  x = x * 2\nx"},
    {kRow, "if x.dim() == 2:\n  x = x * 2\nx"},
    {kRow, "x / torch.amax(torch.abs(x), [1], True)"},
    {kRow, "x - torch.mean(x, [1], True)"},
    {kRow, "x * torch.unsqueeze(torch.sum(x, [-1]), 1)"},
    {kRow, "x / torch.norm(x, 2, [1], True)"},
    {kRow, "torch.softmax(x, 1)"},
    {kRow, "torch.log_softmax(x, -1)"},
    {kRow, "torch.cumsum(x, -1)"},
    {kRow, "torch.flip(x, [1])"},
    {kRow, "torch.roll(x, [1], [1])"},
    {kRow, "torch.sort(x, 1)[0]"},
    {kRow, "torch.topk(x, 3)[0]"},
    {kRow, "torch.argmax(x, 1)"},
    {kRow, "torch.max(x, 1)[0]"},
    {kRow, "x[:, 2:5]"},
    {kRow, "x + x[:, 0:1]"},
    {kRow, "torch.index_select(x, 1, torch.zeros([3], dtype=4))"},
    {kRow, "x[:, torch.zeros([2, 3], dtype=4)]"},
    {kRow, "torch.gather(x, 1, torch.argsort(x, 1))"},
    {kRow, "torch.embedding(self.m, torch.argmax(x[:, 0:4], 1))"},
    {kRow, "self.m[torch.argmax(x[:, 0:4], 1)]"},
    {kRow, "torch.reshape(x, [-1, 2, 4])"},
    {kRow, "torch.reshape(x, [x.size(0), -1])"},
    {kRow, "torch.reshape(x, [x.size(0) * 2, 4])"},
    {kRow, "torch.reshape(torch.reshape(x, [-1, 4]), [-1, 8])"},
    {kRow, "x.view([-1, 8]) * 2"},
    {kRow, "torch.flatten(x, 1)"},
    {kRow, "torch.flatten(x)"},
    {kRow, "torch.reshape(x, [-1])"},
    {kRow, "torch.t(torch.t(x) * 2)"},
    {kRow, "torch.squeeze(torch.unsqueeze(x, 1), 1)"},
    {kRow, "torch.squeeze(torch.bmm(torch.unsqueeze(x, 1), torch.unsqueeze(x, 2)), -1)"},
    {kRow, "torch.matmul(x, torch.t(self.m))"},
    {kRow, "torch.t(torch.matmul(self.m, torch.t(x)))"},
    {kRow, "torch.addmm(self.m[0, 0:4], x, torch.t(self.m))"},
    {kRow, "torch.linear(x, self.m, self.m[0, 0:4])"},
    {kRow, "x + torch.zeros([x.size(0), 1])"},
    {kRow, "torch.cat([self.m[0:1, 0:2].expand([x.size(0), -1]), x], 1)"},
    {kRow, "torch.cat([self.m[0:1].repeat([x.size(0), 1]), x], 1)"},
    {kRow, "x.repeat([1, 3])"},
    {kRow, "x.expand([-1, 8]) * 2"},
    {kRow, "torch.stack([x, x], 1)"},
    {kRow, "torch.cat(torch.split(x, 3, 1), 1)"},
    {kRow, "torch.stack(torch.unbind(x, 1), 1)"},
    {kRow, "a, b = torch.chunk(x, 2, 1)\na * torch.sigmoid(b)"},
    {kRow, "torch.one_hot(torch.argmax(x, 1), 8)"},
    {kRow, "torch.batch_norm(x, None, None, self.m[0], self.m[1] * self.m[1], False, 0.1, 0.001, False)"},
    {kRow, "torch.layer_norm(x, [8])"},
    {kRow, "torch.dropout(x, 0.5, self.training)"},
    {kRow, "x + torch.mean(self.m)"},
    {kRowsNetwork, "torch.bmm(x, torch.transpose(x, 1, 2))"},
    {kRowsNetwork, "torch.matmul(torch.softmax(torch.matmul(x, torch.transpose(x, -2, -1)), -1), x)"},
    {kRowsNetwork, "torch.permute(torch.exp(torch.permute(x, [1, 0, 2])), [1, 0, 2])"},
    {kRowsNetwork,
     "torch.transpose(torch.reshape(torch.linear(torch.reshape(torch.permute(x, [1, 0, 2]), [4 * x.size(0), 6]), "
     "self.m[:, 0:6]), [4, x.size(0), 4]), 0, 1)"},
    {kRowsNetwork,
     "torch.reshape(torch.bmm(torch.reshape(x, [x.size(0) * 2, 2, 6]), torch.reshape(x, [-1, 6, 2])), [-1, 8])"},
    {kRowsNetwork, "torch.conv1d(x, self.w3[0:4, 0:4, :, 0])"},
    {kRowsNetwork, "torch.select(x, 1, 0)"},
    {kRowsNetwork, "x[:, 0]"},
    {"fp32[3,8]", "torch.linear(x, self.m)"},
    {"fp32[3,8]", "torch.reshape(x, [x.size(0), 2, 4])"},
    {kRowsImage, "torch.conv2d(x, self.w1, None, [1, 1], [1, 1])"},
    {kRowsImage, "torch.conv2d(x, self.w1) + torch.conv2d(x, self.w1)"},
    {kRowsImage, "x / torch.amax(x, [1, 2, 3], True)"},
    {kRowsImage, "torch.instance_norm(x, None, None, None, None, True, 0.1, 0.001, False)"},
    {kRowsImage, "torch.group_norm(x, 3)"},
    {kRowsImage, "torch.channel_shuffle(x, 3)"},
    {kRowsImage, "torch.flatten(torch.adaptive_avg_pool2d(x, [2, 2]), 1)"},
    {kRowsImage, "torch.max_pool2d(x, [2, 2])"},
    {kRowsImage, "torch.constant_pad_nd(x, [1, 1, 1, 1])"},
    {kRowsImage, "torch.upsample_nearest2d(x, [20, 20], None, None)"},
    {kRowsImage, "torch.pixel_shuffle(torch.conv2d(x, self.w1), 2)"},
    {kRowsImage, "torch.flatten(torch.transpose(torch.reshape(x, [x.size(0), 3, 2, 8, 16]), 1, 2), 1, 2)"},
};

TEST(Rows, NetworksThatMixThemAreRefused) {
  for (const WrittenCase& network : kMix) EXPECT_NE(rows_refusal(network), "") << network.body;
}

TEST(Rows, TheirSiblingsAreNot) {
  for (const WrittenCase& network : kApart) EXPECT_EQ(rows_refusal(network), "") << network.body;
}

TEST(Rows, ARefusalNamesTheOperator) {
  EXPECT_THAT(
      rows_refusal({kRow, "x - torch.mean(x)"}),
      testing::AllOf(HasSubstr("'mean"), HasSubstr("is not known to compute each request from that request alone"),
                     HasSubstr("might change each other's answers")));
  EXPECT_THAT(rows_refusal({kRow, "if bool(torch.max(x) > 50):\n  x = x / 255\nx"}), HasSubstr("max"));
  EXPECT_THAT(rows_refusal({kRow, "torch.reshape(x, [1, 8])"}), HasSubstr("'reshape"));
  EXPECT_THAT(rows_refusal({kRow, "y = torch.exp(x)\ny[:, 0] = 1\ny"}), HasSubstr("writes in place"));
}

TEST(Rows, EveryTailOfANetworkOfTheZooIsProved) {
  const Scratch scratch;
  ASSERT_TRUE(zoo::write_zoo_model("lenet", 1, scratch / "n.pt"));
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  for (const model::Cut& cut : model->cuts()) {
    const auto proved = model->keeps_apart(model->tail(cut.index), 1);
    EXPECT_TRUE(proved) << cut.name << ": " << proved.error().message;
  }
}

TEST(Rows, OfABatchThatVariesAreProvedForEachSize) {
  const Scratch scratch;
  write_network(scratch / "n.pt",
                "def forward(self, x: Tensor):\n  y = torch.relu(torch.conv2d(x, self.w1))\n"
                "  return torch.reshape(y, [y.size(0), -1])\n",
                R"(["fp32[*,3,16,16]"])");
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  for (const std::int64_t rows : {1, 2, 5})
    for (const model::Cut& cut : model->cuts())
      EXPECT_TRUE(model->keeps_apart(model->tail(cut.index), rows)) << cut.name;
}

}  // namespace
}  // namespace tideline
