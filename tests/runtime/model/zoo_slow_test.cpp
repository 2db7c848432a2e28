#include "runtime/model/zoo/zoo.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <gmock/gmock.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

#include <cmath>
#include <ostream>

namespace tideline {
namespace {

using ::testing::Combine;
using ::testing::TestWithParam;
using ::testing::Values;

struct Known {
  const char* name = "";
  std::int64_t numbers = 0;  // Weights and moving statistics, as Keras' documentation counts them.
};

std::ostream& operator<<(std::ostream& out, const Known& known) {
  return out << known.name;
}

// Counts what the file holds. A Model has fewer: a batch norm that follows a convolution becomes part of it.
std::int64_t numbers_in(const std::filesystem::path& file) {
  const auto network = torch::jit::load(file.string());
  std::int64_t count = 0;
  for (const auto& tensor : network.parameters()) count += tensor.numel();
  for (const auto& tensor : network.buffers()) count += tensor.numel();
  return count;
}

double usual_size(const Tensor& tensor) {
  double squares = 0;
  for (const float x : tensor.floats()) squares += static_cast<double>(x) * x;
  return std::sqrt(squares / static_cast<double>(tensor.floats().size()));
}

// Goes from cut to cut, and expects numbers everywhere that are neither lost nor without bounds.
std::vector<Tensor> walk_within_bounds(const model::Model& model) {
  auto tensors = model::random_tensors(model.inputs(), 1);
  for (std::uint32_t cut = 1; cut <= model.last_cut(); ++cut) {
    tensors = run_through(model, {cut - 1, cut}, std::move(tensors));
    for (const auto& tensor : tensors) {
      const double size = usual_size(tensor);
      EXPECT_TRUE(size > 0.1 && size < 20) << size << " after " << model.cuts()[cut].name;
    }
  }
  return tensors;
}

void expect_useful_cuts_exact(const model::Model& model) {
  const auto in = model::random_tensors(model.inputs(), 1);
  const auto whole = run_through(model, {0, model.last_cut()}, in);
  expect_identical(walk_within_bounds(model), whole);
  for (const auto& cut : model.cuts()) {
    if (!cut.dominated) expect_identical(run_through(model, {0, cut.index, model.last_cut()}, in), whole);
  }
}

class ZooNetwork : public TestWithParam<Known> {};

TEST_P(ZooNetwork, HasTheNumbersOfTheOriginalAndKeepsTheirSize) {
  const Scratch scratch;
  ASSERT_TRUE(zoo::write_zoo_model(GetParam().name, 1, scratch / "n.pt"));
  EXPECT_EQ(numbers_in(scratch / "n.pt"), GetParam().numbers);
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  EXPECT_EQ(to_string(model->inputs()[0]), "fp32[1,3,224,224]");
  EXPECT_EQ(to_string(model->outputs()[0]), "fp32[1,1000]");
  walk_within_bounds(*model);
}

// Those of googlenet are torchvision's 6,624,904 and the moving statistics of 3,640 channels twice.
INSTANTIATE_TEST_SUITE_P(OfMiddleSize, ZooNetwork,
                         Values(Known{"densenet121", 8'062'504}, Known{"googlenet", 6'639'464},
                                Known{"mobilenet", 4'253'864}, Known{"resnet50", 25'636'712},
                                Known{"resnet50v2", 25'613'800}));

class ZooNetworkOfFewPoints : public TestWithParam<std::tuple<const char*, KernelChoice>> {};

// They take images of any size; with small ones there is time to look at all cuts.
TEST_P(ZooNetworkOfFewPoints, IsExactInEveryCut) {
  const Scratch scratch;
  const auto& [name, kernels] = GetParam();
  ASSERT_TRUE(zoo::write_zoo_model(name, 1, scratch / "n.pt"));
  model::Model::Options options;
  options.inputs = {{"", DType::fp32, {1, 3, 32, 32}}};
  options.kernels = kernels;
  const auto model = load_or_fail(scratch / "n.pt", options);
  ASSERT_TRUE(model);
  expect_every_cut_exact(*model);
}

INSTANTIATE_TEST_SUITE_P(Branching, ZooNetworkOfFewPoints,
                         Combine(Values("densenet121", "googlenet", "mobilenet", "resnet50", "resnet50v2"),
                                 Values(KernelChoice::onednn, KernelChoice::xnnpack)));

class LargeZooNetwork : public TestWithParam<Known> {};

TEST_P(LargeZooNetwork, HasTheNumbersOfTheOriginalAndIsExactInItsUsefulCuts) {
  const Scratch scratch;
  ASSERT_TRUE(zoo::write_zoo_model(GetParam().name, 1, scratch / "n.pt"));
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  EXPECT_EQ(model->parameters().count, static_cast<std::uint64_t>(GetParam().numbers) * 4);  // No batch norm in it.
  EXPECT_EQ(to_string(model->outputs()[0]), "fp32[1,1000]");
  expect_useful_cuts_exact(*model);
}

INSTANTIATE_TEST_SUITE_P(Vgg, LargeZooNetwork, Values(Known{"vgg16", 138'357'544}, Known{"vgg19", 143'667'240}));

// A user of Keras finds its layers: conv2_block1_1_conv is conv2.block1.conv1.
TEST(Zoo, CallsLayersAsTheirAuthorsDo) {
  const Scratch scratch;
  ASSERT_TRUE(zoo::write_zoo_model("resnet50", 1, scratch / "n.pt"));
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  std::vector<std::string> names;
  for (const auto& cut : model->cuts()) names.push_back(cut.name);
  EXPECT_THAT(names, ::testing::IsSupersetOf({"conv1_relu relu", "pool1_pool max_pool2d", "conv2.block1.relu1 relu",
                                              "conv5.block3.out relu", "avg_pool adaptive_avg_pool2d"}));
}

}  // namespace
}  // namespace tideline
