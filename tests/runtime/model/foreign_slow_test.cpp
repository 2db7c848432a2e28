// Networks as Python's torch and torchvision write them, made on the spot: each computes what Python says, and every
// cut is exact.
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"
#include "tests/runtime/model/written_networks_test.cpp"  // What libtorch says of a network.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

namespace tideline {
namespace {

constexpr auto* kPython = "/usr/bin/python3";

// Runs a program of Python in a process of its own. Returns true iff it ended well.
bool python(const Scratch& scratch, const std::string& program) {
  const auto file = scratch.write("program.py", program);
  return std::system(
             fmt::format("cd {} && {} {} >said 2>&1", (scratch / "").string(), kPython, file.string()).c_str()) == 0;
}

bool has(const Scratch& scratch, const std::string& module) {
  return python(scratch, "import " + module + "\n");
}

constexpr auto* kSmall =
    "import torch, zipfile\n"
    "from torch import nn\n"
    "from typing import *\n"
    "torch.manual_seed(1)\n"
    "class Small(nn.Module):\n"
    "    def __init__(self):\n"
    "        super().__init__()\n"
    "        self.a, self.b, self.c = nn.Conv2d(3, 8, 3), nn.Conv2d(8, 8, 3), nn.Linear(8, 5)\n"
    "    def features(self, x):\n"
    "        return torch.relu(self.b(torch.relu(self.a(x))))\n"
    "    def forward(self, x):\n"
    "        return self.c(self.features(x).mean([2, 3]))\n";

// What `program`, which saves n.pt, makes, loaded; null when it fails. Expects it to compute what libtorch does.
std::shared_ptr<const model::Model> made(const Scratch& scratch, const std::string& program, const TensorSpec& input) {
  if (!python(scratch, kSmall + program)) {
    ADD_FAILURE() << "Python failed";
    return nullptr;
  }
  model::Model::Options options;
  options.inputs = {input};
  return load_or_fail(scratch / "n.pt", options);
}

const TensorSpec kInput{"", DType::fp32, {1, 3, 32, 32}};

std::size_t cuts_with(const model::Model& model, DType dtype) {
  const auto with = [&](const model::Cut& cut) {
    return std::ranges::any_of(cut.tensors, [&](const TensorSpec& spec) { return spec.dtype == dtype; });
  };
  return static_cast<std::size_t>(std::ranges::count_if(model.cuts(), with));
}

#define NEEDS(scratch, module) \
  if (!has(scratch, module)) GTEST_SKIP() << kPython << " has no " module " (Debian: python3-" module ")"

TEST(Foreign, TheFieldsOfANamedTupleAreTheNamesOfTheOutputs) {
  const Scratch scratch;
  NEEDS(scratch, "torch");
  const auto model = made(scratch,
                          "class Answer(NamedTuple):\n    scores: torch.Tensor\n    features: torch.Tensor\n"
                          "class Named(Small):\n    def forward(self, x) -> Answer:\n        x = self.features(x)\n"
                          "        return Answer(self.c(x.mean([2, 3])), x)\n"
                          "torch.jit.script(Named().eval()).save('n.pt')\n",
                          kInput);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->outputs()[0].name, "scores");
  EXPECT_EQ(model->outputs()[1].name, "features");
  expect_as_libtorch(*model, scratch / "n.pt");
}

TEST(Foreign, ASegmentationNetworkIsCutInsideAndKeepsItsNames) {
  const Scratch scratch;
  NEEDS(scratch, "torchvision");
  const auto model = made(scratch,
                          "import torchvision\n"
                          "n = torchvision.models.segmentation.lraspp_mobilenet_v3_large(weights=None, "
                          "weights_backbone=None)\ntorch.jit.script(n.eval()).save('n.pt')\n",
                          {"", DType::fp32, {1, 3, 64, 64}});
  ASSERT_TRUE(model);
  EXPECT_EQ(model->outputs()[0].name, "out");
  EXPECT_GE(model->cuts().size(), 20u);
  expect_as_libtorch(*model, scratch / "n.pt");
}

TEST(Foreign, AnInt8NetworkIsCutAtItsNumbers) {
  const Scratch scratch;
  NEEDS(scratch, "torch");
  for (const std::string how : {"torch.jit.script(n)", "torch.jit.trace(n, x)"}) {
    const auto model =
        made(scratch,
             "from torch.ao.quantization.quantize_fx import convert_fx, prepare_fx\n"
             "from torch.ao.quantization import get_default_qconfig_mapping\nx = torch.rand(1, 3, 32, 32)\n"
             "n = prepare_fx(Small().eval(), get_default_qconfig_mapping('qnnpack'), example_inputs=(x,))\n"
             "n(x)\nn = convert_fx(n)\n" +
                 how + ".save('n.pt')\n",
             kInput);
    ASSERT_TRUE(model);
    EXPECT_GE(cuts_with(*model, DType::uint8), 2u) << how;
    EXPECT_EQ(model->parameters().count > 0, true);
    expect_as_libtorch(*model, scratch / "n.pt");
  }
}

TEST(Foreign, AnInt8NetworkGivesTwoThreadsTheSame) {
  const Scratch scratch;
  NEEDS(scratch, "torch");
  const auto model =
      made(scratch,
           "n = Small().eval()\nn = nn.Sequential(torch.ao.quantization.QuantStub(), nn.Conv2d(3, 8, 3), "
           "nn.ReLU(), nn.Conv2d(8, 8, 3), torch.ao.quantization.DeQuantStub()).eval()\n"
           "n.qconfig = torch.ao.quantization.get_default_qconfig('qnnpack')\n"
           "torch.ao.quantization.prepare(n, inplace=True)\nn(torch.rand(1, 3, 32, 32))\n"
           "torch.ao.quantization.convert(n, inplace=True)\ntorch.jit.script(n).save('n.pt')\n",
           kInput);
  ASSERT_TRUE(model);
  const auto in = model::random_tensors(model->inputs(), 3), other = model::random_tensors(model->inputs(), 4);
  const auto first = run_through(*model, {0, model->last_cut()}, in);
  const auto second = run_through(*model, {0, model->last_cut()}, other);
  const auto often = [&](const std::vector<Tensor>& asked, const std::vector<Tensor>& answer) {
    for (int i = 0; i < 200; ++i) expect_identical(run_through(*model, {0, model->last_cut()}, asked), answer);
  };
  std::thread beside(often, std::cref(other), std::cref(second));
  often(in, first);
  beside.join();
}

TEST(Foreign, AFileThatWasSavedOnAGpuRunsHere) {
  const Scratch scratch;
  NEEDS(scratch, "torch");
  const auto model =
      made(scratch,
           "torch.jit.script(Small().eval()).save('cpu.pt')\n"
           "cuda = 0\n"
           "with zipfile.ZipFile('cpu.pt') as a, zipfile.ZipFile('n.pt', 'w', zipfile.ZIP_STORED) as b:\n"
           "    for name in a.namelist():\n        data = a.read(name)\n"
           "        if name.endswith('.pkl'):\n"
           "            cuda += data.count(b'X\\x03\\x00\\x00\\x00cpu')\n"
           "            data = data.replace(b'X\\x03\\x00\\x00\\x00cpu', b'X\\x06\\x00\\x00\\x00cuda:0')\n"
           "        b.writestr(name, data)\n"
           "assert cuda > 0\n",
           kInput);
  ASSERT_TRUE(model);
  const auto in = model::random_tensors(model->inputs(), 11);
  const auto ours = run_through(*model, {0, model->last_cut()}, in);
  EXPECT_LT(relative_error(ours[0], run_by_libtorch(scratch / "cpu.pt", in)[0]), 1e-5);
  expect_every_cut_exact(*model);
}

TEST(Foreign, TorchvisionsOperatorsAreLoadedWhereAFileNeedsThem) {
  const Scratch scratch;
  NEEDS(scratch, "torchvision");
  const auto model = made(scratch,
                          "import torchvision\n"
                          "class Regions(Small):\n    def forward(self, x):\n"
                          "        boxes = torch.tensor([[0.0, 2.0, 2.0, 20.0, 20.0], [0.0, 0.0, 0.0, 25.0, 25.0]])\n"
                          "        kept = torchvision.ops.nms(boxes[:, 1:], torch.tensor([0.5, 0.7]), 0.9)\n"
                          "        return torchvision.ops.roi_align(self.features(x), boxes[kept], [7, 7])\n"
                          "torch.jit.script(Regions().eval()).save('n.pt')\n",
                          kInput);
  ASSERT_TRUE(model);
  EXPECT_EQ(to_string(model->outputs()[0]), "fp32[2,8,7,7]");
  expect_as_libtorch(*model, scratch / "n.pt");
}

}  // namespace
}  // namespace tideline
