#include "runtime/model/graph/torch_device.h"

#include <ATen/Context.h>
#include <ATen/core/Tensor.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace tideline::graph {
namespace {

using torch::jit::Block;
using torch::jit::Node;
using torch::jit::Value;

Result<void> check_gpu(int number) {
  if (!at::globalContext().hasCUDART()) {
    return error(ErrorKind::invalid,
                 "compute.device is \"cuda:{}\", but this libtorch ({}) is built without CUDA; set compute.device = "
                 "\"cpu\", or install a libtorch that is built with CUDA",
                 number, TORCH_VERSION);
  }
  const auto count = static_cast<int>(torch::cuda::device_count());
  if (number < count) return {};
  return error(ErrorKind::invalid,
               "compute.device is \"cuda:{}\", but libtorch finds {} GPUs here, counted from 0; choose another, or set "
               "compute.device = \"cpu\"",
               number, count);
}

// TF32 has half the digits of fp32, and choosing algorithms by timing gives different results from run to run.
void settle_gpus() {
  at::globalContext().setAllowTF32CuDNN(false);
  at::globalContext().setAllowTF32CuBLAS(false);
  at::globalContext().setBenchmarkCuDNN(false);
  at::globalContext().setDeterministicCuDNN(true);
}

at::IValue moved(at::Device device, const at::IValue& value) {
  if (value.isTensor()) return value.toTensor().defined() ? value.toTensor().to(device) : value;
  if (value.isTuple()) {
    std::vector<at::IValue> parts;
    for (const auto& part : value.toTupleRef().elements()) parts.push_back(moved(device, part));
    return c10::ivalue::Tuple::create(std::move(parts));
  }
  if (!value.isList()) return value;
  auto list = value.toList().copy();
  for (std::size_t i = 0; i < list.size(); ++i) list.set(i, moved(device, list.get(i)));
  return list;
}

void move_constant(at::Device device, Node& node) {
  const auto value = at::attr::value;
  if (!node.hasAttribute(value)) return;
  const auto kind = node.kindOf(value);
  if (kind == torch::jit::AttributeKind::t) node.t_(value, node.t(value).to(device));
  if (kind == torch::jit::AttributeKind::ival) node.ival_(value, moved(device, node.ival(value)));
  if (node.output()->type()->kind() == c10::TypeKind::DeviceObjType) node.s_(value, device.str());
}

bool holds_tensor(const Value* value) {
  return value->type()->isSubtypeOf(*c10::TensorType::get());
}

// Without a tensor input, only the device argument decides where the result is made.
void place_result(at::Device device, Node& node) {
  const auto inputs = node.inputs();
  const auto* schema = node.maybeSchema();
  if (schema == nullptr || std::any_of(inputs.begin(), inputs.end(), holds_tensor)) return;
  const auto place = schema->argumentIndexWithName("device");
  if (!place || !inputs[static_cast<std::size_t>(*place)]->mustBeNone()) return;
  const torch::jit::WithInsertPoint here(&node);
  node.replaceInput(static_cast<std::size_t>(*place), node.owningGraph()->insertConstant(device));
}

// Returns true iff an operator makes a device from the text.
bool names_device(const Value& text) {
  const auto uses = text.uses();
  return std::any_of(uses.begin(), uses.end(), [](const torch::jit::Use& use) {
    return use.user->kind() == at::Symbol::fromQualString("aten::device");
  });
}

void move_to(at::Device device, Block& block) {
  for (Node* node : block.nodes()) {
    if (node->kind() == at::prim::Constant) move_constant(device, *node);
    place_result(device, *node);
    for (Block* inner : node->blocks()) move_to(device, *inner);
  }
}

void forget_gpus(Block& block) {
  const auto value = at::attr::value;
  const std::vector<Node*> nodes(block.nodes().begin(), block.nodes().end());
  for (Node* node : nodes) {
    const bool constant = node->kind() == at::prim::Constant && node->hasAttribute(value);
    if (constant && node->output()->type()->kind() == c10::TypeKind::DeviceObjType) node->s_(value, "cpu");
    if (constant && node->kindOf(value) == torch::jit::AttributeKind::s && node->s(value).rfind("cuda", 0) == 0 &&
        names_device(*node->output()))
      node->s_(value, "cpu");
    if (node->kind() == at::Symbol::fromQualString("aten::cuda")) node->output()->replaceAllUsesWith(node->input(0));
    for (Block* inner : node->blocks()) forget_gpus(*inner);
  }
}

}  // namespace

Result<at::Device> find_device(const std::string& name) {
  const at::Device device(name);
  if (!device.is_cuda()) return device;
  if (auto there = check_gpu(device.index()); !there) return there.error();
  settle_gpus();
  return device;
}

void forget_gpus(torch::jit::Graph& graph) {
  forget_gpus(*graph.block());
}

void move_to(at::Device device, torch::jit::Graph& graph) {
  move_to(device, *graph.block());
}

}  // namespace tideline::graph
