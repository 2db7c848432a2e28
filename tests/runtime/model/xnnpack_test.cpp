// XNNPACK's operators beside libtorch's, for random shapes; and what surrounds them: memory, threads, the choice.
#include "runtime/model/kernels/xnnpack.h"

#include "runtime/model/kernels/allocation_meter.h"
#include "runtime/model/kernels/convolution_method.h"
#include "runtime/model/kernels/images.h"
#include "runtime/model/kernels/library.h"
#include "runtime/model/kernels/normalisation_kernel.h"
#include "runtime/model/kernels/pooling_kernel.h"
#include "runtime/model/kernels/product_kernel.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <random>
#include <thread>

namespace tideline {
namespace {

using kernels::Activation;
using kernels::Library;

at::Tensor normal(const std::vector<std::int64_t>& shape) {
  return at::randn(shape, at::TensorOptions(at::kFloat));
}

// As a share of the largest number, or of one if all are smaller: means over zeros are near zero.
double error_of(const at::Tensor& ours, const at::Tensor& theirs) {
  if (ours.sizes() != theirs.sizes()) return std::numeric_limits<double>::infinity();
  return ((ours - theirs).abs().max() / theirs.abs().max().clamp_min(1)).item().toDouble();
}

// Draws the shapes of one test case.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) { at::manual_seed(seed); }
  std::int64_t from(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random_);
  }
  std::vector<std::int64_t> pair(std::int64_t least, std::int64_t most) {
    return {from(least, most), from(least, most)};
  }
  Activation activation() {
    const Activation all[]{{},
                           {dnnl::algorithm::eltwise_relu, 0, 0},
                           {dnnl::algorithm::eltwise_clip, 0, 6},
                           {dnnl::algorithm::eltwise_swish, 1, 0},
                           {dnnl::algorithm::eltwise_gelu_erf, 0, 0}};
    return all[from(0, 4)];
  }

 private:
  std::mt19937_64 random_;
};

TEST(Xnnpack, ComputesConvolutionsOfAnyShapeAsLibtorchDoes) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(seed);
    Draw draw(seed);
    const bool depthwise = seed % 3 == 0;
    const auto groups = depthwise ? draw.from(1, 40) : draw.from(1, 3);
    const auto in = depthwise ? 1 : draw.from(1, 20), out = depthwise ? draw.from(1, 2) : draw.from(1, 20);
    const auto window = draw.pair(1, 5), dilation = draw.pair(1, 2);
    const auto image = draw.pair(10, 20);
    kernels::ConvolutionPlan plan{normal({out * groups, in, window[0], window[1]}),
                                  draw.from(0, 1) == 0 ? at::Tensor() : normal({out * groups}),
                                  draw.pair(1, 3),
                                  draw.pair(0, 3),
                                  draw.pair(0, 3),
                                  dilation,
                                  groups,
                                  draw.from(0, 1) == 0,
                                  draw.activation()};
    const auto x = normal({draw.from(1, 3), in * groups, image[0], image[1]});
    const auto zeros =
        at::constant_pad_nd(x, {plan.padding[1], plan.padding_after[1], plan.padding[0], plan.padding_after[0]}, 0);
    auto theirs = at::conv2d(zeros, plan.weight, plan.bias, plan.stride, at::IntArrayRef{0, 0}, plan.dilation, groups);
    const auto there = normal(theirs.sizes().vec());
    if (plan.adds) theirs = theirs + there;
    const auto method = make_xnnpack_convolution(plan);
    const auto ours = method->run(kernels::channels_last(x, at::kFloat),
                                  kernels::channels_last(there, at::kFloat).clone(), plan.adds, plan.then);
    EXPECT_LT(error_of(ours, plan.then.applied_to(theirs)), 1e-5);
  }
}

TEST(Xnnpack, PoolsWindowsOfAnyShapeAsLibtorchDoes) {
  using Of = kernels::PoolingPlan::Of;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(seed);
    Draw draw(seed);
    const auto of = std::array{Of::largest, Of::mean, Of::mean_with_padding}[seed % 3];
    const auto window = draw.pair(1, 7);
    const std::vector<std::int64_t> padding{draw.from(0, window[0] / 2), draw.from(0, window[1] / 2)};
    const kernels::PoolingPlan plan{of, window, draw.pair(1, 4), padding, of == Of::largest && draw.from(0, 1) == 0};
    const auto x = normal({draw.from(1, 3), draw.from(1, 40), draw.from(7, 20), draw.from(7, 20)});
    const auto theirs =
        of == Of::largest
            ? at::max_pool2d(x, plan.window, plan.stride, plan.padding, {1, 1}, plan.rounds_up)
            : at::avg_pool2d(x, plan.window, plan.stride, plan.padding, false, of == Of::mean_with_padding);
    EXPECT_LT(error_of(make_pooling(plan, Library::xnnpack)->run({x}), theirs), 1e-5);
  }
}

TEST(Xnnpack, MultipliesMatricesOfAnyShapeAsLibtorchDoes) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    Draw draw(seed);
    const auto in = draw.from(1, 70), out = draw.from(1, 70);
    const kernels::ProductPlan plan{normal({out, in}), draw.from(0, 1) == 0 ? at::Tensor() : normal({out}),
                                    draw.activation()};
    const auto x = normal({draw.from(1, 3), draw.from(1, 9), in});
    const auto theirs = plan.then.applied_to(at::linear(x, plan.weight, plan.bias));
    EXPECT_LT(error_of(make_product(plan, Library::xnnpack)->run({x}), theirs), 1e-5);
  }
}

TEST(Xnnpack, NormalisesImagesOfAnyShapeAsLibtorchDoes) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    Draw draw(seed);
    const auto channels = draw.from(1, 70);
    const kernels::NormalisationPlan plan{
        normal({channels}), normal({channels}), normal({channels}), normal({channels}).abs() + 0.5, 1e-3,
        seed % 2 == 0};
    const auto x = normal({draw.from(1, 3), channels, draw.from(1, 20), draw.from(1, 20)});
    const auto plain =
        at::batch_norm(x, plan.scale, plan.shift, plan.mean, plan.variance, false, 0, plan.epsilon, false);
    const auto ours = make_normalisation(plan, Library::xnnpack)->run({x});
    EXPECT_LT(error_of(ours, plan.then_relu ? at::relu(plain) : plain), 1e-5);
  }
}

// XNNPACK reads past the end of its input. A page that nobody may read follows this input.
TEST(Xnnpack, ReadsNotPastTheEndOfMemoryThatACallerOwns) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  auto* const memory =
      static_cast<std::byte*>(::mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(memory, MAP_FAILED);
  ASSERT_EQ(::mprotect(memory + page, page, PROT_NONE), 0);
  constexpr std::int64_t kIn = 7;
  const auto x = at::from_blob(memory + page - kIn * sizeof(float), {1, kIn}, at::TensorOptions(at::kFloat));
  x.copy_(at::arange(1, kIn + 1));
  const kernels::ProductPlan plan{at::ones({3, kIn}), {}, {}};
  EXPECT_TRUE(make_product(plan, Library::xnnpack)->run({x}).equal(at::full({1, 3}, 28.0F)));
  const auto image = at::from_blob(memory + page - kIn * sizeof(float), {1, kIn, 1, 1}, at::TensorOptions(at::kFloat));
  const kernels::NormalisationPlan same{at::ones({kIn}), at::zeros({kIn}), at::zeros({kIn}), at::ones({kIn}), 0, false};
  EXPECT_TRUE(make_normalisation(same, Library::xnnpack)->run({image}).equal(image));
  ::munmap(memory, 2 * page);
}

TEST(Xnnpack, LeavesRoomToReadPastTheEndOfEveryTensor) {
  ASSERT_TRUE(kernels::xnnpack::is_here());
  for (const std::int64_t size : {1, 64, 4096}) {
    const auto tensor = at::empty({size}, at::TensorOptions(at::kByte));
    EXPECT_GE(::malloc_usable_size(tensor.data_ptr()), static_cast<std::size_t>(size) + kernels::kReadPastEnd);
  }
  constexpr std::int64_t kLarge = 1 << 20;  // LargeBlocks has those, one beside the other.
  const auto one = at::empty({kLarge}, at::TensorOptions(at::kByte));
  const auto other = at::empty({kLarge}, at::TensorOptions(at::kByte));
  const auto apart = static_cast<const std::byte*>(other.data_ptr()) - static_cast<const std::byte*>(one.data_ptr());
  EXPECT_GE(std::abs(apart), kLarge + static_cast<std::int64_t>(kernels::kReadPastEnd));
}

TEST(Xnnpack, CountsTheMemoryOfPackedWeights) {
  const auto product = make_product({normal({100, 300}), normal({100}), {}}, Library::xnnpack);
  EXPECT_EQ(product->weight_bytes(), (100 * 300 + 100) * sizeof(float));
  product->run({normal({1, 300})});
  EXPECT_GE(product->held_bytes(), product->weight_bytes());
  EXPECT_LT(product->held_bytes(), 2 * product->weight_bytes());
}

// Threads that run one network take turns at each operator.
TEST(Xnnpack, GivesRunsAtOnceTheResultsOfSingleRuns) {
  const Scratch scratch;
  write_network(scratch / "n.pt",
                "def forward(self, x: Tensor):\n  y = torch.relu(torch.conv2d(x, self.w1))\n"
                "  y = torch.max_pool2d(torch.conv2d(y, self.w2) , [2, 2])\n"
                "  return torch.linear(torch.mean(y, [2, 3]), torch.cat([self.m, self.m], 0))\n",
                R"(["fp32[*,3,32,32]"])");
  const auto model = load_or_fail(scratch / "n.pt", {.kernels = KernelChoice::xnnpack});
  ASSERT_TRUE(model);
  ASSERT_EQ(model->kernels(), KernelChoice::xnnpack);
  const auto runs = [&](std::uint64_t batch) {
    const TensorSpec spec{"x", DType::fp32, {static_cast<std::int64_t>(batch), 3, 32, 32}};
    const auto in = model::random_tensors({&spec, 1}, batch);
    const auto first = run_through(*model, {0, model->last_cut()}, in);
    bool same = !first.empty();
    for (int i = 0; same && i < 50; ++i)
      same = identical(run_through(*model, {0, model->last_cut()}, in).front(), first.front());
    return same;
  };
  std::array<bool, 3> same{};
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < same.size(); ++i) threads.emplace_back([&, i] { same[i] = runs(i + 1); });
  threads.clear();
  EXPECT_EQ(same, (std::array{true, true, true}));
}

TEST(Library, IsTheFastestOfThisProcessorUnlessOneIsNamed) {
  EXPECT_NE(kernels::fastest_kernels(), KernelChoice::automatic);
  EXPECT_EQ(*kernels::settle(KernelChoice::automatic), kernels::fastest_kernels());
  for (const auto named : {KernelChoice::onednn, KernelChoice::xnnpack, KernelChoice::libtorch})
    EXPECT_EQ(*kernels::settle(named), named);
}

TEST(Library, IsXnnpackInFp16UnlessOneIsNamed) {
  EXPECT_EQ(*kernels::settle(KernelChoice::automatic, Precision::fp16), KernelChoice::xnnpack);
  EXPECT_EQ(*kernels::settle(KernelChoice::onednn, Precision::fp16), KernelChoice::onednn);
}

}  // namespace
}  // namespace tideline
