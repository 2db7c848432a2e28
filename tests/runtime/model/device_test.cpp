// Networks that run by libtorch's operators, as on a GPU, or by XNNPACK: cuts are the same as with oneDNN.
#include "runtime/model/graph/torch_device.h"
#include "tests/runtime/model/by_others.h"

namespace tideline {
namespace {

class ByOthers : public testing::TestWithParam<std::tuple<by_others::Zoo, KernelChoice>> {};

TEST_P(ByOthers, HasTheCutsOfTheFormThatOnednnComputesAndTheyAreExact) {
  by_others::expect_same_cuts(std::get<0>(GetParam()), std::get<1>(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Networks, ByOthers,
                         testing::Combine(testing::Values(by_others::Zoo{"lenet", {1, 1, 28, 28}, 1},
                                                          by_others::Zoo{"mobilenet", {1, 3, 64, 64}, 5}),
                                          testing::Values(KernelChoice::libtorch, KernelChoice::xnnpack)),
                         by_others::text_of);

// Where some constant, or what is made of nothing, were left in the processor's memory, operators would refuse to mix
// them.
TEST(Device, TheWholeNetworkIsMovedToIt) {
  const Scratch scratch;
  write_network(scratch / "net.pt",
                "def forward(self, x: Tensor):\n  y = torch.matmul(x, self.m) + torch.ones([8])\n"
                "  return torch.cat([torch.tanh(y), torch.arange(8.0).reshape([1, 8])])\n",
                "");
  const TensorSpec input{"x", DType::fp32, {3, 4}};
  const auto here = by_others::load(scratch / "net.pt", by_others::by(KernelChoice::libtorch), {input});
  graph::ComputeOptions elsewhere;
  elsewhere.device = "meta";
  const auto there = by_others::load(scratch / "net.pt", elsewhere, {input});
  ASSERT_TRUE(here && there);
  EXPECT_EQ(by_others::cuts_of(*there), by_others::cuts_of(*here));
}

TEST(Device, AGpuThatIsNotThereIsRefusedInASentence) {
  const auto device = graph::find_device("cuda:77");
  ASSERT_FALSE(device);
  EXPECT_EQ(device.error().kind, ErrorKind::invalid);
  EXPECT_NE(device.error().message.find("compute.device is \"cuda:77\", but "), std::string::npos);
  EXPECT_NE(device.error().message.find("set compute.device = \"cpu\""), std::string::npos);
}

TEST(Device, Bf16AndFp16AreForTheProcessor) {
  const Scratch scratch;
  ASSERT_TRUE(zoo::write_zoo_model("lenet", 1, scratch / "lenet.pt"));
  graph::ComputeOptions options;
  options.device = "meta";
  const std::vector<TensorSpec> in{{"x", DType::fp32, {1, 1, 28, 28}}};
  for (const Precision precision : {Precision::bf16, Precision::fp16}) {
    options.precision = precision;
    const auto network =
        model::Network::load((scratch / "lenet.pt").string(), options, [&](const auto&, const auto&) { return in; });
    ASSERT_FALSE(network);
    EXPECT_NE(network.error().message.find("set compute.precision = \"fp32\""), std::string::npos);
  }
}

}  // namespace
}  // namespace tideline
