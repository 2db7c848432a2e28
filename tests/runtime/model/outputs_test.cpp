// Networks that return more than tensors: dictionaries, lists, tuples within tuples.
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <gmock/gmock.h>

namespace tideline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto* kSmallImage = R"(["fp32[1,3,16,16]"])";

std::vector<std::string> names_of(const model::Model& model) {
  std::vector<std::string> names;
  for (const TensorSpec& spec : model.outputs()) names.push_back(spec.name);
  return names;
}

// Writes the network, and expects it to compute what libtorch does, and every cut to be exact.
std::shared_ptr<const model::Model> settled(const std::string& forward, const std::string& inputs_json = kSmallImage) {
  const Scratch scratch;
  write_network(scratch / "n.pt", forward, inputs_json);
  const auto model = load_or_fail(scratch / "n.pt");
  if (model) expect_as_libtorch(*model, scratch / "n.pt");
  return model;
}

TEST(Outputs, TheKeysOfADictionaryAreTheNamesOfTheOutputs) {
  const auto model = settled(
      "def forward(self, x: Tensor):\n  y = torch.relu(torch.conv2d(x, self.w1))\n"
      "  return {\"scores\": y.mean([2, 3]), \"features\": torch.conv2d(y, self.w2)}\n");
  ASSERT_TRUE(model);
  EXPECT_THAT(names_of(*model), ElementsAre("scores", "features"));
  EXPECT_GE(model->cuts().size(), 4u);
}

TEST(Outputs, ADictionaryThatIsFilledAndReadOnTheWayKeepsNoCutAway) {
  const auto model = settled(
      "def forward(self, x: Tensor):\n  d: Dict[str, Tensor] = {}\n  d[\"a\"] = torch.relu(torch.conv2d(x, self.w1))\n"
      "  d[\"b\"] = torch.relu(torch.conv2d(d[\"a\"], self.w2))\n  out: Dict[str, Tensor] = {}\n"
      "  out[\"low\"] = d[\"a\"]\n  out[\"out\"] = torch.conv2d(d[\"b\"], self.w3)\n"
      "  out[\"again\"] = out[\"low\"]\n  out[\"low\"] = out[\"low\"] * 2\n  return out\n");
  ASSERT_TRUE(model);
  EXPECT_THAT(names_of(*model), ElementsAre("low", "out", "again"));
  EXPECT_GE(model->cuts().size(), 5u);
}

TEST(Outputs, ADictionaryThatIsWrittenToInABranchStaysOne) {
  const auto model = settled(
      "def forward(self, x: Tensor):\n  d = {\"a\": x}\n  if bool(x.sum() > 0):\n    d[\"a\"] = x * 2\n"
      "  return torch.conv2d(d[\"a\"], self.w1)\n");
  ASSERT_TRUE(model);
}

TEST(Outputs, AListWhoseLengthIsSeenInARunIsTakenApart) {
  const auto model =
      settled("def forward(self, x: Tensor):\n  y = torch.conv2d(x, self.w1)\n  return torch.chunk(y, 4, 1)\n");
  ASSERT_TRUE(model);
  EXPECT_THAT(names_of(*model), ElementsAre("output0", "output1", "output2", "output3"));
  EXPECT_EQ(to_string(model->outputs()[3]), "fp32[1,2,14,14]");
}

TEST(Outputs, AListThatGrowsIsTakenApart) {
  const auto model = settled(
      "def forward(self, x: Tensor):\n  y: List[Tensor] = []\n  for i in range(3):\n    x = torch.relu(x) + i\n"
      "    y.append(x)\n  return y\n");
  ASSERT_TRUE(model);
  EXPECT_EQ(model->outputs().size(), 3u);
}

TEST(Outputs, AListThatBecomesLongerThanItWasIsAnErrorAndNoWrongAnswer) {
  const Scratch scratch;
  write_network(scratch / "n.pt",
                "def forward(self, x: Tensor):\n  return torch.split(x, 1 + int(x[0, 0, 0, 0] > 5), 1)\n", kSmallImage);
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  ASSERT_EQ(model->outputs().size(), 3u);
  const std::vector<float> large(3 * 16 * 16, 9.F);
  const std::vector<Tensor> in{Tensor::copy_of(DType::fp32, {1, 3, 16, 16}, std::as_bytes(std::span(large)))};
  const auto out = model->run(model->whole(), in);
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().kind, ErrorKind::internal);
}

TEST(Outputs, AListThatGrowsInABranchIsAnErrorWhereItDoesAndNotCutShort) {
  const Scratch scratch;
  write_network(scratch / "n.pt",
                "def forward(self, x: Tensor):\n  y = [x + 1]\n  if bool(x.max() > 5):\n    y.append(x)\n  return y\n",
                kSmallImage);
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  EXPECT_EQ(model->outputs().size(), 1u);
  const std::vector<float> large(3 * 16 * 16, 9.F);
  const std::vector<Tensor> in{Tensor::copy_of(DType::fp32, {1, 3, 16, 16}, std::as_bytes(std::span(large)))};
  EXPECT_FALSE(model->run(model->whole(), in));
}

TEST(Outputs, WhatLiesWithinIsNamedByTheWayThere) {
  const auto model = settled(
      "def forward(self, x: Tensor):\n  y = torch.conv2d(x, self.w1)\n"
      "  return x * 2, {\"boxes\": [y, y + 1], \"scores\": [y.mean([2, 3])]}, (y, (x, y * 3))\n");
  ASSERT_TRUE(model);
  EXPECT_THAT(names_of(*model),
              ElementsAre("output0", "boxes.0", "boxes.1", "scores.0", "output4", "output5", "output6"));
}

TEST(Outputs, NamesThatAreNoneOrTheSameAreNumbers) {
  const auto model = settled("def forward(self, x: Tensor):\n  return {\"a\": x + 1, \"\": x + 2}, {\"a\": x + 3}\n");
  ASSERT_TRUE(model);
  EXPECT_THAT(names_of(*model), ElementsAre("output0", "output1", "output2"));
}

TEST(Outputs, NamesThatNoTerminalShouldSeeAreNumbers) {
  const auto model = settled("def forward(self, x: Tensor):\n  return {\"a\\033[2J\": x + 1, \"b\": x + 2, \"" +
                             std::string(200, 'c') + "\": x + 3}\n");
  ASSERT_TRUE(model);
  EXPECT_THAT(names_of(*model), ElementsAre("output0", "b", "output2"));
}

TEST(Outputs, AnyBatchAndTheHeadAloneKeepTheNames) {
  const Scratch scratch;
  write_network(scratch / "n.pt",
                "def forward(self, x: Tensor):\n  y = torch.conv2d(x, self.w1)\n  return {\"y\": y, \"z\": y + 1}\n",
                R"(["fp32[*,3,16,16]"])");
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  EXPECT_THAT(names_of(*model), ElementsAre("y", "z"));
  expect_every_cut_exact(*model);
}

TEST(Defaults, InputsThatAreLeftAtTheirDefaultsAreToldOf) {
  const auto model = settled(
      "def forward(self, x: Tensor, mask: Optional[Tensor] = None, scale: float = 2.5):\n  if mask is not None:\n"
      "    x = x * mask\n  return torch.conv2d(x, self.w1) * scale\n");
  ASSERT_TRUE(model);
  EXPECT_EQ(model->inputs().size(), 1u);
  EXPECT_THAT(std::vector<std::string>(model->defaults().begin(), model->defaults().end()),
              ElementsAre("mask = None", "scale = 2.5"));
}

TEST(Defaults, AnOptionalInputWithoutADefaultIsNone) {
  const Scratch scratch;
  write_network(scratch / "n.pt",
                "def forward(self, x: Tensor, mask: Optional[Tensor]):\n  if mask is not None:\n    x = x * mask\n"
                "  return torch.conv2d(x, self.w1)\n",
                kSmallImage);
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  EXPECT_THAT(std::vector<std::string>(model->defaults().begin(), model->defaults().end()), ElementsAre("mask = None"));
  expect_every_cut_exact(*model);
}

TEST(SavedOnAGpu, WhatTheCodeSaysOfDevicesIsThisProcessor) {
  const Scratch scratch;
  const auto forward = [](const std::string& device) {
    return "def forward(self, x: Tensor):\n  g = torch.arange(16, device=torch.device(\"" + device + "\"))\n" +
           "  y = x.to(\"" + device + "\") + g\n  return torch.conv2d(y, self.w1) + torch.ones([1], device=y.device)\n";
  };
  write_network(scratch / "gpu.pt", forward("cuda:0"), kSmallImage);
  write_network(scratch / "cpu.pt", forward("cpu"), kSmallImage);
  const auto model = load_or_fail(scratch / "gpu.pt");
  ASSERT_TRUE(model);
  const auto in = model::random_tensors(model->inputs(), 11);
  const auto ours = run_through(*model, {0, model->last_cut()}, in);
  const auto theirs = run_by_libtorch(scratch / "cpu.pt", in);
  ASSERT_EQ(ours.size(), 1u);
  EXPECT_LT(relative_error(ours[0], theirs[0]), 1e-5);
  expect_every_cut_exact(*model);
}

}  // namespace
}  // namespace tideline
