// Networks that take any batch.
#include "runtime/model/api/split.h"
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

constexpr auto* kAnyImage = R"(["fp32[*,3,16,16]"])";

constexpr auto* kResidual = R"(
def forward(self, x: Tensor):
  a = torch.relu(torch.conv2d(x, self.w1, None, [1, 1], [1, 1]))
  b = torch.conv2d(torch.relu(torch.conv2d(a, self.w2, None, [1, 1], [1, 1])), self.w3)
  c = torch.relu(b + a)
  d = torch.transpose(torch.cat([c, a], 1), 2, 3)
  n = d.size(0)
  return (torch.linear(torch.mean(c, [2, 3]), self.m), torch.reshape(d, [n, -1]))
)";

std::shared_ptr<const model::Model> written(const Scratch& scratch, const std::string& source,
                                            const std::string& inputs) {
  write_network(scratch / "n.pt", source, inputs);
  return load_or_fail(scratch / "n.pt");
}

TEST(AnyBatch, EveryCutIsExactAtEveryBatch) {
  const Scratch scratch;
  const auto model = written(scratch, kResidual, kAnyImage);
  ASSERT_TRUE(model);
  EXPECT_TRUE(model->takes_any_batch());
  EXPECT_GE(model->cuts().size(), 7U);
  for (const std::int64_t batch : {1, 2, 3, 4, 7, 16, 64}) expect_exact_at(*model, batch);
}

void expect_exact_in(Precision precision) {
  const Scratch scratch;
  write_network(scratch / "n.pt", kResidual, kAnyImage);
  model::Model::Options options;
  options.precision = precision;
  const auto model = load_or_fail(scratch / "n.pt", options);
  ASSERT_TRUE(model);
  for (const std::int64_t batch : {1, 2, 5, 16}) expect_exact_at(*model, batch);
}

TEST(AnyBatch, InBf16EveryCutIsExactToo) {
  if (!kernels::bf16_is_here()) GTEST_SKIP() << "the processor has no bf16";
  expect_exact_in(Precision::bf16);
}

TEST(AnyBatch, InFp16EveryCutIsExactToo) {
  if (!kernels::fp16_is_here()) GTEST_SKIP() << "XNNPACK has no fp16 on this processor";
  expect_exact_in(Precision::fp16);
}

TEST(AnyBatch, ANetworkOfTheZooTakesItByTheOperatorsWord) {
  const Scratch scratch;
  expect_any_batch(scratch, "lenet");
}

TEST(AnyBatch, EveryTensorOfEveryCutLeadsWithIt) {
  const Scratch scratch;
  const auto model = written(scratch, kResidual, kAnyImage);
  ASSERT_TRUE(model);
  for (const auto& cut : model->cuts())
    for (const auto& tensor : cut.tensors) EXPECT_TRUE(any_batch(tensor)) << cut.name << ' ' << to_string(tensor);
  EXPECT_EQ(to_string(model->inputs()[0]), "fp32[*,3,16,16]");
  EXPECT_EQ(model->cuts()[0].bytes.count, 3U * 16 * 16 * 4);
}

TEST(AnyBatch, IsRefusedOverTheLimitAndWhereTensorsDiffer) {
  const Scratch scratch;
  write_network(scratch / "n.pt", "def forward(self, x: Tensor, y: Tensor):\n  return torch.sin(x) + torch.exp(y)\n",
                R"(["fp32[*,3]", "fp32[*,3]"])");
  model::Model::Options options;
  options.max_batch = 8;
  const auto model = load_or_fail(scratch / "n.pt", options);
  ASSERT_TRUE(model);
  const auto three = model::random_tensors(at_batch(model->inputs(), 3), 1),
             nine = model::random_tensors(at_batch(model->inputs(), 9), 1);
  EXPECT_TRUE(model->run(model->whole(), three));
  const auto many = model->run(model->whole(), nine);
  ASSERT_FALSE(many);
  EXPECT_THAT(many.error().message, HasSubstr("a batch of 9 is over the limit of 8"));
  const auto mixed = model->run(model->whole(), std::vector{three[0], nine[1]});
  ASSERT_FALSE(mixed);
  EXPECT_EQ(mixed.error().kind, ErrorKind::invalid);
  EXPECT_THAT(mixed.error().message, HasSubstr("send the same batch for both"));
}

TEST(AnyBatch, NoCutIsOfferedWhereItIsNotTheFirstSize) {
  const Scratch scratch;
  const auto* const source =
      "def forward(self, x: Tensor):\n  y = torch.sin(x)\n  z = torch.transpose(y, 0, 1)\n  z = torch.exp(z)\n"
      "  z = torch.cos(z)\n  return torch.tanh(torch.transpose(z, 0, 1))\n";
  const auto fixed = written(scratch, source, R"(["fp32[2,3]"])");
  const auto any = written(scratch, source, R"(["fp32[*,3]"])");
  ASSERT_TRUE(fixed && any);
  EXPECT_GT(fixed->cuts().size(), any->cuts().size());
  ASSERT_EQ(any->undivided().size(), 1U);
  EXPECT_THAT(any->undivided()[0].why, HasSubstr("batch is not the first size"));
  for (const std::int64_t batch : {1, 2, 5}) expect_exact_at(*any, batch);
}

TEST(AnyBatch, WhatDoesNotTakeOrGiveItIsRefused) {
  const Scratch scratch;
  const auto refusal = [&](const std::string& source, const std::string& inputs) {
    write_network(scratch / "n.pt", source, inputs);
    const auto model = model::Model::load(scratch / "n.pt", {});
    return model ? std::string() : model.error().message;
  };
  EXPECT_THAT(refusal("def forward(self, x: Tensor):\n  return torch.sum(x)\n", R"(["fp32[*,3]"])"),
              HasSubstr("the batch is not the first size of every output"));
  EXPECT_THAT(refusal("def forward(self, x: Tensor):\n  return x.view([1, 3]) * 2\n", R"(["fp32[*,3]"])"),
              HasSubstr("does not accept fp32[2,3]"));
  EXPECT_THAT(refusal("def forward(self, x: Tensor, y: Tensor):\n  return x * y\n", R"(["fp32[*,3]", "fp32[1,3]"])"),
              HasSubstr("of every input, or of none"));
}

TEST(AnyBatch, TheHalvesOfASplitTakeIt) {
  const Scratch scratch;
  const auto model = written(scratch, kResidual, kAnyImage);
  ASSERT_TRUE(model);
  ASSERT_TRUE(write_split(*model, scratch / "n.pt", 2, scratch / "halves"));
  const auto head = load_or_fail(scratch / "halves/head.pt"), tail = load_or_fail(scratch / "halves/tail.pt");
  ASSERT_TRUE(head && tail);
  EXPECT_TRUE(head->takes_any_batch() && tail->takes_any_batch());
  const auto in = model::random_tensors(at_batch(model->inputs(), 5), 3);
  const auto crossing = run_through(*head, {0, head->last_cut()}, in);
  const auto outputs = run_through(*tail, {0, tail->last_cut()}, crossing);
  const auto whole = run_through(*model, {0, model->last_cut()}, in);
  ASSERT_EQ(outputs.size(), whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    ASSERT_EQ(outputs[i].shape(), whole[i].shape());
    EXPECT_LT(relative_error(outputs[i], whole[i]), 1e-5);
  }
}

}  // namespace
}  // namespace tideline
