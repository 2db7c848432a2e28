#include "runtime/model/graph/stack.h"

#include "runtime/model/api/batch_check.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <gmock/gmock.h>

namespace tideline {
namespace {

using ::testing::HasSubstr;

Tensor numbers(Shape shape, std::vector<float> values) {
  return Tensor::copy_of(DType::fp32, std::move(shape), std::as_bytes(std::span(values)));
}

TEST(Stack, PutsTensorsOneBehindTheOtherAndTakesThemApartAgain) {
  const Tensor a = numbers({1, 2}, {1, 2}), b = numbers({1, 2}, {3, 4});
  const auto together = graph::stacked({{a}, {b}});
  ASSERT_EQ(together.size(), 1U);
  EXPECT_TRUE(identical(together[0], numbers({2, 2}, {1, 2, 3, 4})));
  const auto apart = graph::unstacked(together, 2);
  ASSERT_EQ(apart.size(), 2U);
  EXPECT_TRUE(identical(apart[0][0], a) && identical(apart[1][0], b));
}

TEST(Stack, LeavesOneRequestAsItIsWhateverItsShapes) {
  const Tensor scalar = numbers({}, {7}), row = numbers({1, 2}, {1, 2});
  const auto apart = graph::unstacked(graph::stacked({{scalar, row}}), 1);
  ASSERT_EQ(apart.size(), 1U);
  ASSERT_EQ(apart[0].size(), 2U);
  EXPECT_TRUE(identical(apart[0][0], scalar) && identical(apart[0][1], row));
}

TEST(Stack, SaysWhichTensorsHaveNoFirstSize) {
  EXPECT_TRUE(graph::can_be_stacked(std::vector<TensorSpec>{{"a", DType::fp32, {1, 2}}, {"b", DType::int64, {4}}}));
  EXPECT_FALSE(graph::can_be_stacked(std::vector<TensorSpec>{{"a", DType::fp32, {1, 2}}, {"b", DType::int64, {}}}));
}

// A network whose first size is not outermost in memory where it is cut.
TEST(Stack, OfTensorsThatLieInColumnsIsWhatTheyAre) {
  const Scratch scratch;
  write_network(scratch / "n.pt",
                "def forward(self, x: Tensor):\n  y = torch.transpose(torch.exp(x), 0, 1)\n  return torch.sin(y) * 2\n",
                R"(["fp32[3,2]"])");
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  for (const model::Cut& cut : model->cuts()) {
    if (cut.tensors[0].shape != Shape{2, 3}) continue;
    const model::Range tail = model->tail(cut.index);
    const std::vector<std::vector<Tensor>> requests{model::random_tensors(cut.tensors, 1),
                                                    model::random_tensors(cut.tensors, 2)};
    auto together = model->run_together(tail, graph::stacked(requests), 2);
    ASSERT_TRUE(together) << together.error().message;
    const auto apart = graph::unstacked(*std::move(together), 2);
    for (std::size_t i = 0; i < 2; ++i)
      EXPECT_LT(relative_error(apart[i][0], (*model->run(tail, requests[i]))[0]), 1e-6);
  }
}

TEST(Stack, RequestsWhoseScalarsCrossAreNeverRunTogether) {
  const Scratch scratch;
  write_network(scratch / "n.pt", "def forward(self, x: Tensor):\n  return torch.mean(torch.linear(x, self.m))\n",
                R"(["fp32[1,8]"])");
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  EXPECT_EQ(model->outputs()[0].shape, Shape{});
  const auto in = model::random_tensors(model->inputs(), 1);
  const auto refused = model->run_together(model->whole(), graph::stacked({in, in}), 2);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("without dimensions crosses"));
  for (const model::Cut& cut : model->cuts()) {
    EXPECT_TRUE(model->warm(model->head(cut.index)) && model->warm(model->tail(cut.index))) << cut.name;
    EXPECT_TRUE(model->run(model->tail(cut.index), *model->run(model->head(cut.index), in))) << cut.name;
  }
  EXPECT_FALSE(rows_stay_apart(*model, model->whole(), 1));
}

}  // namespace
}  // namespace tideline
