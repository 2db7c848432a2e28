#include "runtime/model/kernels/kernel.h"

#include "runtime/model/graph/cancellation_scope.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <torch/csrc/jit/runtime/custom_operator.h>

#include <cmath>
#include <string_view>
#include <utility>

namespace tideline::kernels {
namespace {

using torch::jit::Node;
using torch::jit::Stack;

at::Symbol kind() {
  static const auto kKind = at::Symbol::fromQualString("tideline::kernel");
  return kKind;
}

torch::jit::Operation operation(const Node* node) {
  const auto held = node->ival(at::attr::value).toCapsule();  // Lives as long as the operation.
  const auto* const kernel = static_cast<const Kernel*>(held.get());
  return [held, kernel, count = node->inputs().size()](Stack& stack) {
    graph::end_if_unwanted();
    std::vector<at::Tensor> in;
    for (auto& value : torch::jit::pop(stack, count)) in.push_back(std::move(value).toTensor());
    stack.emplace_back(kernel->run(std::move(in)));
  };
}

// libtorch looks up operators by their kind in its own registry.
void make_known() {
  static const torch::jit::RegisterOperators kKnown(
      {torch::jit::Operator(kind(), torch::jit::OperationCreator(operation), c10::AliasAnalysisKind::PURE_FUNCTION)});
}

}  // namespace

float largest_of(const at::Tensor& weight, const at::Tensor& bias) {
  const auto of = [](const at::Tensor& numbers) {
    return numbers.defined() && numbers.numel() > 0 ? at::maximum(numbers.max(), -numbers.min()).item().toFloat() : 0;
  };
  const float most = of(weight), other = of(bias);
  return most > other || std::isnan(most) ? most : other;
}

Node* insert_kernel(torch::jit::Graph& graph, Node* last, c10::intrusive_ptr<Kernel> kernel,
                    const std::vector<torch::jit::Value*>& inputs) {
  make_known();
  Node* node = graph.create(kind(), inputs);
  node->insertBefore(last);
  node->copyMetadata(last);
  node->ival_(at::attr::value, at::IValue::make_capsule(std::move(kernel)));
  node->s_(at::attr::name, operator_name(*last));
  node->output()->copyMetadata(last->output());
  last->output()->replaceAllUsesWith(node->output());
  return node;
}

Kernel* kernel_of(const Node& node) {
  if (node.kind() != kind()) return nullptr;
  return static_cast<Kernel*>(node.ival(at::attr::value).toCapsule().get());
}

// "_convolution", "relu_" -> "convolution", "relu": the removed underscores mark how libtorch computes it.
std::string operator_name(const Node& node) {
  if (node.kind() == kind()) return node.s(at::attr::name);
  std::string_view name = node.kind().toUnqualString();
  if (!name.empty() && name.front() == '_') name.remove_prefix(1);
  if (!name.empty() && name.back() == '_') name.remove_suffix(1);
  return std::string(name);
}

}  // namespace tideline::kernels
