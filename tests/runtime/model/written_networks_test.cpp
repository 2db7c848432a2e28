#include "runtime/model/script/torch_tensor.h"
#include "runtime/model/zoo/normal.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <ATen/Functions.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

#include <algorithm>
#include <cmath>
#include <fstream>

namespace tideline {
namespace {

at::Tensor random(at::IntArrayRef shape, std::uint64_t seed) {
  zoo::Normal numbers(seed);
  auto tensor = at::empty(shape, at::kFloat);
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    tensor.data_ptr<float>()[i] = static_cast<float>(numbers.next() / 4);
  }
  return tensor;
}

// Those that a value is made of, in order. (A dictionary of libtorch keeps the order in which it was filled.)
void append_tensors(const at::IValue& value, std::vector<at::Tensor>& tensors) {
  if (value.isTensor()) tensors.push_back(value.toTensor());
  if (value.isTuple())
    for (const auto& part : value.toTupleRef().elements()) append_tensors(part, tensors);
  if (value.isList())
    for (const at::IValue& part : value.toListRef()) append_tensors(part, tensors);
  if (value.isGenericDict())
    for (const auto& entry : value.toGenericDict()) append_tensors(entry.value(), tensors);
}

}  // namespace

void write_network(const std::filesystem::path& file, const std::string& source, const std::string& inputs_json,
                   float odd) {
  torch::jit::Module network("Network");
  network.register_attribute("training", c10::BoolType::get(), false);
  network.register_parameter("w1", random({8, 3, 3, 3}, 1), false);
  network.register_parameter("w2", random({8, 8, 3, 3}, 2), false);
  network.register_parameter("w3", random({8, 8, 1, 1}, 3), false);
  auto m = random({4, 8}, 4);
  if (odd != 0) m.data_ptr<float>()[5] = odd;
  network.register_parameter("m", m, false);
  network.register_attribute("count", c10::IntType::get(), 0);
  network.define(source);
  std::ofstream out(file, std::ios::binary);
  torch::jit::ExtraFilesMap extra;
  if (!inputs_json.empty()) extra["inputs.json"] = inputs_json;
  network.save(out, extra);
}

std::vector<Tensor> run_by_libtorch(const std::filesystem::path& file, const std::vector<Tensor>& inputs) {
  const c10::InferenceMode inference;
  auto network = torch::jit::load(file.string());
  network.eval();
  std::vector<at::IValue> in;
  for (const Tensor& x : inputs) in.emplace_back(script::to_torch(x));
  const at::IValue out = network.forward(in);
  std::vector<at::Tensor> tensors;
  append_tensors(out, tensors);
  std::vector<Tensor> results;
  for (const auto& tensor : tensors) results.push_back(script::from_torch(tensor.contiguous()));
  return results;
}

double relative_error(const Tensor& a, const Tensor& b) {
  double error = 0, largest = 0;
  for (std::size_t i = 0; i < a.floats().size(); ++i) {
    error = std::max(error, std::abs(static_cast<double>(a.floats()[i]) - static_cast<double>(b.floats()[i])));
    largest = std::max(largest, std::abs(static_cast<double>(b.floats()[i])));
  }
  return largest > 0 ? error / largest : error;
}

void expect_as_libtorch(const model::Model& model, const std::filesystem::path& file) {
  const auto in = model::random_tensors(model.inputs(), 11);
  const auto ours = run_through(model, {0, model.last_cut()}, in);
  const auto theirs = run_by_libtorch(file, in);
  ASSERT_EQ(ours.size(), theirs.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    ASSERT_EQ(ours[i].shape(), theirs[i].shape());
    ASSERT_EQ(ours[i].dtype(), theirs[i].dtype());
    if (ours[i].dtype() == DType::fp32) {
      EXPECT_LT(relative_error(ours[i], theirs[i]), 1e-5);
    } else {
      EXPECT_TRUE(identical(ours[i], theirs[i]));
    }
  }
  expect_every_cut_exact(model);
}

TEST(Model, TakesItsInputsNamesFromTheNetwork) {
  const Scratch scratch;
  write_network(scratch / "n.pt", "def forward(self, image: Tensor, mask: Tensor):\n  return image * mask\n",
                R"(["fp32[2,3]", "fp32[2,3]"])");
  const auto model = load_or_fail(scratch / "n.pt");
  ASSERT_TRUE(model);
  EXPECT_EQ(model->inputs()[0].name, "image");
  EXPECT_EQ(model->inputs()[1].name, "mask");
  EXPECT_EQ(model->outputs()[0].name, "output0");

  write_network(scratch / "named.pt", "def forward(self, image: Tensor, mask: Tensor):\n  return image * mask\n",
                R"({"inputs": ["pixels:fp32[2,3]", "fp32[2,3]"], "outputs": ["masked"]})");
  const auto named = load_or_fail(scratch / "named.pt");
  ASSERT_TRUE(named);
  EXPECT_EQ(named->inputs()[0].name, "pixels");
  EXPECT_EQ(named->inputs()[1].name, "mask");
  EXPECT_EQ(named->outputs()[0].name, "masked");
  const auto over = load_or_fail(scratch / "named.pt", {.outputs = {"mine"}});
  ASSERT_TRUE(over);
  EXPECT_EQ(over->outputs()[0].name, "mine");
  EXPECT_EQ(over->digest(), named->digest()) << "edge and cloud may use other names";
}

}  // namespace tideline
