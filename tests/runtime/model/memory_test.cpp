// What a head needs of memory, and models that hold only the heads that fit into a budget.
#include "runtime/model/zoo/zoo.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

namespace tideline {
namespace {

Bytes sum(const std::vector<TensorSpec>& specs) {
  Bytes all;
  for (const auto& spec : specs) all.count += byte_count(spec.dtype, spec.shape)->count;
  return all;
}

TEST(HeadMemory, IsTheWeightsAndWhatIsAliveAtOnce) {
  const Scratch scratch;
  write_network(scratch / "net.pt",
                "def forward(self, x: Tensor):\n  y = torch.exp(x)\n  z = torch.matmul(y, self.m)\n"
                "  return torch.sin(torch.cos(z))\n",
                R"(["fp32[100,4]"])");
  const auto model = load_or_fail(scratch / "net.pt");
  ASSERT_TRUE(model);
  std::vector<std::uint64_t> needs;
  for (const auto& cut : model->cuts()) needs.push_back(cut.head_memory.count);
  // x; x y; x y z and m; x z cos and m (y is gone); x cos sin and m.
  EXPECT_EQ(needs, (std::vector<std::uint64_t>{1600, 3200, 6528, 8128, 8128}));
}

// By the kernels of this processor, and by XNNPACK, which are the same on some.
class Budget : public testing::TestWithParam<KernelChoice> {
 protected:
  void SetUp() override {
    const auto written = zoo::write_zoo_model("lenet", 1, scratch_ / "lenet.pt");
    ASSERT_TRUE(written) << written.error().message;
    whole_ = load_or_fail(scratch_ / "lenet.pt", {.kernels = GetParam()});
    ASSERT_TRUE(whole_);
  }
  std::shared_ptr<const model::Model> within(Bytes memory) const {
    return load_or_fail(scratch_ / "lenet.pt", {.inputs = {}, .kernels = GetParam(), .memory = memory});
  }

  const Scratch scratch_;
  std::shared_ptr<const model::Model> whole_;
};

TEST_P(Budget, WhatAHeadNeedsNeverFallsAndHasRoomForItsWeightsItsInputAndWhatCrosses) {
  Bytes least;
  for (const model::Cut& cut : whole_->cuts()) {
    EXPECT_GE(cut.head_memory, least);
    EXPECT_GE(cut.head_memory.count, cut.head_parameters.count + sum(whole_->cuts()[0].tensors).count);
    if (cut.index > 0) {
      EXPECT_GE(cut.head_memory.count,
                cut.head_parameters.count + sum(whole_->cuts()[0].tensors).count + sum(cut.tensors).count);
    }
    least = cut.head_memory;
  }
}

TEST(HeadMemory, IsLessWithABudgetWhereFasterWeightsWouldBeLarger) {
  const Scratch scratch;
  write_network(scratch / "net.pt",
                "def forward(self, x: Tensor):\n"
                "  return torch.conv2d(x, self.w2.repeat([4, 4, 1, 1]), None, [1, 1], [1, 1])\n",
                R"(["fp32[1,32,32,32]"])");
  const auto fast = load_or_fail(scratch / "net.pt");
  const auto small = load_or_fail(scratch / "net.pt", {.inputs = {}, .memory = 1_MiB});
  ASSERT_TRUE(fast && small);
  EXPECT_TRUE(small->holds_all());
  constexpr std::uint64_t kWeights = 32 * 32 * 9 * 4;
  EXPECT_GE(fast->cuts().back().head_memory.count, small->cuts().back().head_memory.count + 2 * kWeights);
}

TEST_P(Budget, HoldsEveryHeadThatFitsAndGivesTheSameBits) {
  const auto in = model::random_tensors(whole_->inputs(), 1);
  for (const model::Cut& cut : whole_->cuts()) {
    const auto part = within(cut.head_memory);
    ASSERT_TRUE(part);
    ASSERT_GE(part->deepest_cut(), cut.index);
    EXPECT_EQ(part->cuts().size(), whole_->cuts().size());
    EXPECT_EQ(part->holds_all(), part->deepest_cut() == whole_->last_cut());
    for (std::uint32_t held = 0; held <= part->deepest_cut(); ++held)
      expect_identical(run_through(*part, {0, held}, in), run_through(*whole_, {0, held}, in));
  }
}

TEST_P(Budget, AByteTooLittleForACutEndsBeforeIt) {
  for (const model::Cut& cut : whole_->cuts()) {
    if (cut.index == 0) continue;
    const auto part = within({cut.head_memory.count - 1});
    ASSERT_TRUE(part);
    EXPECT_LT(part->deepest_cut(), cut.index);
    EXPECT_LT(part->cuts()[part->deepest_cut()].head_memory, cut.head_memory);
  }
}

TEST_P(Budget, RefusesToRunWhatIsNotHeld) {
  const auto part = within(whole_->cuts()[2].head_memory);
  ASSERT_TRUE(part);
  ASSERT_LT(part->deepest_cut(), part->last_cut());
  for (const model::Range range :
       {part->whole(), part->tail(1), model::Range{part->deepest_cut(), part->deepest_cut() + 1}}) {
    const auto out = part->run(range, model::random_tensors(part->cuts()[range.from].tensors, 1));
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().kind, ErrorKind::invalid);
    EXPECT_NE(out.error().message.find("is not loaded here; only cuts 0 to"), std::string::npos);
    EXPECT_FALSE(part->warm(range));
  }
  EXPECT_TRUE(part->warm(part->tail(part->last_cut()))) << "there is nothing in it to hold";
}

TEST_P(Budget, TooLittleForTheInputIsRefused) {
  const auto part = model::Model::load(scratch_ / "lenet.pt", {.inputs = {}, .memory = Bytes{3135}});
  ASSERT_FALSE(part);
  EXPECT_EQ(part.error().kind, ErrorKind::invalid);
  EXPECT_NE(part.error().message.find("the input alone takes 3.06 KiB"), std::string::npos);
  const auto input_only = within({3136});
  ASSERT_TRUE(input_only);
  EXPECT_EQ(input_only->deepest_cut(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Kernels, Budget, testing::Values(KernelChoice::automatic, KernelChoice::xnnpack),
                         [](const auto& kernels) { return std::string(name(kernels.param)); });

}  // namespace
}  // namespace tideline
