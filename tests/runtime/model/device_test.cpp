// Networks that run by libtorch's operators, as on a GPU, or by XNNPACK: cuts are the same as with oneDNN.
#include "runtime/model/api/network.h"
#include "runtime/model/graph/torch_device.h"
#include "runtime/model/zoo/zoo.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

namespace tideline {
namespace {

std::unique_ptr<model::Network> load(const std::filesystem::path& file, const graph::ComputeOptions& options,
                                     const std::vector<TensorSpec>& in) {
  auto network = model::Network::load(file.string(), options, [&](const auto&, const auto&) { return in; });
  if (network) return std::move(*network);
  ADD_FAILURE() << network.error().message;
  return nullptr;
}

// The cuts as text: their names, and what crosses.
std::vector<std::string> cuts_of(const model::Network& network) {
  std::vector<std::string> all;
  for (const model::Cut& cut : network.cuts()) {
    all.push_back(cut.name);
    for (const TensorSpec& spec : cut.tensors) all.back() += " " + to_string(spec);
  }
  return all;
}

graph::ComputeOptions by(KernelChoice kernels) {
  graph::ComputeOptions options;
  options.kernels = kernels;
  return options;
}

// Expects the whole, and head and tail of every cut that is a multiple of `step`, to be the same; returns the whole.
std::vector<Tensor> expect_cuts_exact(const model::Network& network, std::uint32_t step,
                                      const std::vector<Tensor>& in) {
  const auto last = static_cast<std::uint32_t>(network.cuts().size() - 1);
  const auto whole = network.run(0, last, in);
  EXPECT_TRUE(whole);
  for (std::uint32_t at = step; whole && at < last; at += step) {
    const auto head = network.run(0, at, in);
    const auto out = head ? network.run(at, last, *head) : head;
    EXPECT_TRUE(out && identical(out->front(), whole->front())) << network.cuts()[at].name;
  }
  return whole ? *whole : std::vector<Tensor>();
}

struct Zoo {
  const char* name;
  std::vector<std::int64_t> shape;
  std::uint32_t step;  // Runs of the larger ones take long.
};

class ByOthers : public testing::TestWithParam<std::tuple<Zoo, KernelChoice>> {};

TEST_P(ByOthers, HasTheCutsOfTheFormThatOnednnComputesAndTheyAreExact) {
  const auto& [given, kernels] = GetParam();
  model::set_compute_threads(1);
  const Scratch scratch;
  ASSERT_TRUE(zoo::write_zoo_model(given.name, 1, scratch / "net.pt"));
  const TensorSpec input{"x", DType::fp32, given.shape};
  const auto lowered = load(scratch / "net.pt", by(KernelChoice::onednn), {input});
  const auto other = load(scratch / "net.pt", by(kernels), {input});
  ASSERT_TRUE(lowered && other);
  EXPECT_EQ(cuts_of(*other), cuts_of(*lowered));
  const auto in = model::random_tensors({&input, 1}, 5);
  const auto theirs = expect_cuts_exact(*other, given.step, in);
  const auto ours = lowered->run(0, static_cast<std::uint32_t>(lowered->cuts().size() - 1), in);
  ASSERT_TRUE(ours && !theirs.empty());
  EXPECT_LT(relative_error(theirs.front(), ours->front()), 1e-4);
}

INSTANTIATE_TEST_SUITE_P(
    Networks, ByOthers,
    testing::Combine(testing::Values(Zoo{"lenet", {1, 1, 28, 28}, 1}, Zoo{"mobilenet", {1, 3, 64, 64}, 5},
                                     Zoo{"resnet50", {1, 3, 64, 64}, 31}, Zoo{"googlenet", {1, 3, 64, 64}, 41}),
                     testing::Values(KernelChoice::libtorch, KernelChoice::xnnpack)),
    [](const auto& given) {
      return std::string(std::get<0>(given.param).name) + "_by_" + std::string(name(std::get<1>(given.param)));
    });

// Where some constant, or what is made of nothing, were left in the processor's memory, operators would refuse to mix
// them.
TEST(Device, TheWholeNetworkIsMovedToIt) {
  const Scratch scratch;
  write_network(scratch / "net.pt",
                "def forward(self, x: Tensor):\n  y = torch.matmul(x, self.m) + torch.ones([8])\n"
                "  return torch.cat([torch.tanh(y), torch.arange(8.0).reshape([1, 8])])\n",
                "");
  const TensorSpec input{"x", DType::fp32, {3, 4}};
  const auto here = load(scratch / "net.pt", by(KernelChoice::libtorch), {input});
  graph::ComputeOptions elsewhere;
  elsewhere.device = "meta";
  const auto there = load(scratch / "net.pt", elsewhere, {input});
  ASSERT_TRUE(here && there);
  EXPECT_EQ(cuts_of(*there), cuts_of(*here));
}

TEST(Device, AGpuThatIsNotThereIsRefusedInASentence) {
  const auto device = graph::find_device("cuda:77");
  ASSERT_FALSE(device);
  EXPECT_EQ(device.error().kind, ErrorKind::invalid);
  EXPECT_NE(device.error().message.find("compute.device is \"cuda:77\", but "), std::string::npos);
  EXPECT_NE(device.error().message.find("set compute.device = \"cpu\""), std::string::npos);
}

TEST(Device, Bf16IsForTheProcessor) {
  const Scratch scratch;
  ASSERT_TRUE(zoo::write_zoo_model("lenet", 1, scratch / "lenet.pt"));
  graph::ComputeOptions options;
  options.device = "meta";
  options.precision = Precision::bf16;
  const std::vector<TensorSpec> in{{"x", DType::fp32, {1, 1, 28, 28}}};
  const auto network =
      model::Network::load((scratch / "lenet.pt").string(), options, [&](const auto&, const auto&) { return in; });
  ASSERT_FALSE(network);
  EXPECT_NE(network.error().message.find("set compute.precision = \"fp32\""), std::string::npos);
}

}  // namespace
}  // namespace tideline
