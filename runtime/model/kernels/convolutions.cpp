#include "runtime/model/kernels/convolutions.h"

#include <torch/csrc/jit/ir/constants.h>

#include <vector>

namespace tideline::kernels {
namespace {

using torch::jit::Node;

// Positions of the arguments of aten::_convolution.
constexpr std::size_t kStride = 3;
constexpr std::size_t kDilation = 5;
constexpr std::size_t kTransposed = 6;
constexpr std::size_t kGroups = 8;

bool is_traced_convolution(const Node& node) {
  static const auto kTraced = at::Symbol::fromQualString("aten::_convolution");
  if (node.kind() != kTraced || node.inputs().size() <= kGroups) return false;
  const auto stride = torch::jit::toIValue(node.inputs()[kStride]);
  const auto transposed = torch::jit::toIValue(node.inputs()[kTransposed]);
  const bool flat = stride && stride->isIntList() && stride->toIntVector().size() == 2;
  return flat && transposed && transposed->isBool() && !transposed->toBool();
}

void replace(torch::jit::Graph& graph, Node* traced) {
  const auto in = traced->inputs();
  std::vector<torch::jit::Value*> arguments(in.begin(), in.begin() + kDilation + 1);
  arguments.push_back(in[kGroups]);
  Node* plain = graph.create(at::Symbol::fromQualString("aten::conv2d"), arguments);
  plain->insertBefore(traced);
  plain->copyMetadata(traced);
  plain->output()->copyMetadata(traced->output());
  traced->output()->replaceAllUsesWith(plain->output());
  traced->destroy();
}

}  // namespace

void name_traced_convolutions(torch::jit::Graph& graph) {
  std::vector<Node*> traced;
  for (Node* node : graph.nodes()) {
    if (is_traced_convolution(*node)) traced.push_back(node);
  }
  for (Node* node : traced) replace(graph, node);
}

}  // namespace tideline::kernels
