#include "runtime/model/cuts/piece.h"

#include "runtime/model/graph/mutation.h"

#include <torch/csrc/jit/ir/alias_analysis.h>

#include <utility>

namespace tideline::cuts {
namespace {

using torch::jit::Graph;
using torch::jit::Node;

std::vector<bool> written_inputs(const std::shared_ptr<Graph>& graph) {
  std::vector<bool> written(graph->inputs().size(), false);
  if (!graph::any_writes(*graph->block()))
    return written;  // The usual case; the alias analysis costs as much as the slice.
  const torch::jit::AliasDb aliases(graph);
  for (std::size_t i = 0; i < written.size(); ++i) written[i] = aliases.hasWriters(graph->inputs()[i]);
  return written;
}

}  // namespace

Piece::Piece(const std::vector<Node*>& operators, const script::CutCandidate& from, const script::CutCandidate& to)
    : Piece(slice(operators, from, to)) {}

Piece::Piece(const std::shared_ptr<Graph>& graph) : code_(graph, "piece"), written_(written_inputs(graph)) {}

std::vector<at::Tensor> Piece::run(std::vector<at::Tensor> in) const {
  torch::jit::Stack stack;
  for (auto& tensor : in) stack.emplace_back(std::move(tensor));
  in.clear();
  torch::jit::InterpreterState(code_).run(stack);
  std::vector<at::Tensor> out;
  for (auto& value : stack) out.push_back(std::move(value).toTensor());
  return out;
}

std::vector<at::Tensor> run_on_copies(const Piece& piece, std::vector<at::Tensor> tensors) {
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (piece.writes_to(i)) tensors[i] = tensors[i].clone();
  }
  return piece.run(std::move(tensors));
}

}  // namespace tideline::cuts
