#include "runtime/model/kernels/lower.h"

#include "runtime/model/graph/arguments.h"
#include "runtime/model/graph/mutation.h"
#include "runtime/model/kernels/chain.h"
#include "runtime/model/kernels/convolution_kernel.h"
#include "runtime/model/kernels/normalisation_kernel.h"
#include "runtime/model/kernels/pooling_kernel.h"
#include "runtime/model/kernels/product_kernel.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace tideline::kernels {
namespace {

using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

// Operators that see strides, which kernels change.
bool any_sees_strides(const Block& block) {
  const auto sees = [](const Node* node) {
    const auto inside = node->blocks();
    return is(*node, "aten::as_strided") || is(*node, "aten::stride") ||
           std::any_of(inside.begin(), inside.end(), [](const Block* inner) { return any_sees_strides(*inner); });
  };
  return std::any_of(block.nodes().begin(), block.nodes().end(), sees);
}

// A channels-last tensor may have no such view. A reshape always works, and is a view if possible.
void allow_copies(Node& view) {
  if (!is(view, "aten::view")) return;
  Node* reshape = view.owningGraph()->create(at::aten::reshape, view.inputs());
  reshape->insertBefore(&view);
  reshape->copyMetadata(&view);
  reshape->output()->copyMetadata(view.output());
  view.output()->replaceAllUsesWith(reshape->output());
}

void replace(Graph& graph, const Chain& chain, c10::intrusive_ptr<Kernel> kernel) {
  std::vector<Value*> inputs{chain.input};
  if (chain.added != nullptr) inputs.push_back(chain.added);
  insert_kernel(graph, chain.last, std::move(kernel), inputs);
}

// Folds a normalisation into its convolution; the result is a convolution.
void fold(const NormalisationPlan& n, at::Tensor& weight, at::Tensor& bias) {
  const auto factor = n.scale * at::rsqrt(n.variance + n.epsilon);
  weight = weight * factor.reshape({-1, 1, 1, 1});
  bias = (bias.defined() ? (bias - n.mean) : -n.mean) * factor + n.shift;
}

bool all_at_least(std::int64_t least, const std::vector<std::int64_t>& numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [least](std::int64_t number) { return number >= least; });
}

// Leaves invalid windows to libtorch and its error message.
bool is_window(const std::vector<std::int64_t>& size, const std::vector<std::int64_t>& stride,
               const std::vector<std::int64_t>& padding) {
  return all_at_least(1, size) && all_at_least(1, stride) && all_at_least(0, padding);
}

bool lower_convolution(Graph& graph, Node& node, Library library) {
  const graph::Arguments a(node);
  auto weight = a.weights(1, 4);
  auto bias = a.optional_weights(2, 1);
  auto padding = a.pair(4);
  const auto stride = a.pair(3), dilation = a.pair(5);
  const auto groups = a.whole(6);
  if (!weight || !bias || !stride || !padding || !dilation || !groups) return false;
  if (!is_window(*dilation, *stride, *padding) || *groups < 1 || weight->size(0) % *groups != 0) return false;
  auto padding_after = *padding;
  Chain chain{&node, &node};
  take_padding(chain, *padding, padding_after);
  take_normalisation(chain, weight->size(0));
  if (chain.normalised) fold(*chain.normalised, *weight, *bias);
  take_addition(chain);
  take_activation(chain);
  replace(graph, chain,
          make_convolution({*weight, *bias, *stride, *padding, padding_after, *dilation, *groups,
                            chain.added != nullptr, chain.then, chain.normalised.has_value()},
                           library));
  return true;
}

bool lower_linear(Graph& graph, Node& node, Library library) {
  const graph::Arguments a(node);
  const auto weight = a.weights(1, 2);
  const auto bias = a.optional_weights(2, 1);
  if (!weight || !bias) return false;
  Chain chain{&node, &node};
  take_activation(chain);
  replace(graph, chain, make_product({*weight, *bias, chain.then}, library));
  return true;
}

bool lower_max_pool(Graph& graph, Node& node, Library library) {
  const graph::Arguments a(node);
  const auto window = a.pair(1);
  if (!window) return false;
  const auto stride = a.pair(2, *window), padding = a.pair(3), dilation = a.pair(4);
  const auto rounds_up = a.flag(5);
  if (!stride || !padding || !rounds_up || dilation != std::vector<std::int64_t>{1, 1}) return false;
  if (!is_window(*window, *stride, *padding)) return false;
  replace(graph, {&node, &node},
          make_pooling({PoolingPlan::Of::largest, *window, *stride, *padding, *rounds_up}, library));
  return true;
}

// With rounding up, libtorch counts part of the padding, which oneDNN does not.
bool lower_average_pool(Graph& graph, Node& node, Library library) {
  const graph::Arguments a(node);
  const auto window = a.pair(1);
  if (!window) return false;
  const auto stride = a.pair(2, *window), padding = a.pair(3);
  const auto counts_padding = a.flag(5);
  if (!stride || !padding || !counts_padding || a.flag(4) != false || !a.is_none(6)) return false;
  if (!is_window(*window, *stride, *padding)) return false;
  const auto of = *counts_padding ? PoolingPlan::Of::mean_with_padding : PoolingPlan::Of::mean;
  replace(graph, {&node, &node}, make_pooling({of, *window, *stride, *padding, false}, library));
  return true;
}

bool lower_normalisation(Graph& graph, Node& node, Library library) {
  auto plan = normalisation_of(node);
  if (!plan) return false;
  Chain chain{&node, &node};
  take_activation(chain);
  plan->then_relu = chain.then.algorithm == dnnl::algorithm::eltwise_relu;
  if (!plan->then_relu) chain.last = &node;
  replace(graph, chain, make_normalisation(*std::move(plan), library));
  return true;
}

bool lower_node(Graph& graph, Node& node, Library library) {
  if (is(node, "aten::conv2d")) return lower_convolution(graph, node, library);
  if (is(node, "aten::linear")) return lower_linear(graph, node, library);
  if (is(node, "aten::max_pool2d")) return lower_max_pool(graph, node, library);
  if (is(node, "aten::avg_pool2d")) return lower_average_pool(graph, node, library);
  if (is(node, "aten::batch_norm")) return lower_normalisation(graph, node, library);
  return false;
}

// Operators that a kernel replaced lose their users; dead code elimination removes them.
void lower(Graph& graph, Block& block, Library library) {
  const std::vector<Node*> nodes(block.nodes().begin(), block.nodes().end());
  for (Node* node : nodes) {
    for (Block* inner : node->blocks()) lower(graph, *inner, library);
    allow_copies(*node);
    lower_node(graph, *node, library);
  }
}

}  // namespace

void lower(const std::shared_ptr<Graph>& graph, Library library) {
  lower(*graph, *graph->block(), library);
  torch::jit::EliminateDeadCode(graph);
}

bool can_be_lowered(const Graph& graph) {
  return !graph::any_writes(*graph.block()) && !any_sees_strides(*graph.block());
}

}  // namespace tideline::kernels
