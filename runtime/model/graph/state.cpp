#include "runtime/model/graph/state.h"

#include <torch/csrc/jit/ir/alias_analysis.h>

#include <string>

namespace tideline::graph {
namespace {

using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Node;

// The module attributes that a graph reads and writes.
struct Attributes {
  std::string written, read;  // One of each; empty if there is none.
};

void look(const Block& block, const torch::jit::AliasDb& aliases, Attributes& found) {
  for (const Node* node : block.nodes()) {
    const bool reads = node->kind() == at::prim::GetAttr;
    const bool sets = node->kind() == at::prim::SetAttr;
    const bool is_module = reads && node->output()->type()->cast<c10::ClassType>();
    if (sets || (reads && !is_module && aliases.hasWriters(node->output()))) found.written = node->s(at::attr::name);
    if (reads && !is_module) found.read = node->s(at::attr::name);
    for (const Block* inner : node->blocks()) look(*inner, aliases, found);
  }
}

}  // namespace

Error keeps_state(const Graph& graph) {
  Attributes found;
  const auto copy = const_cast<Graph&>(graph).copy();  // copy() does not change it.
  look(*copy->block(), torch::jit::AliasDb(copy), found);
  if (!found.written.empty())
    return error(ErrorKind::invalid,
                 "the network changes its own state while it runs: forward() writes to '{}', so each request would "
                 "change later results; let forward() take '{}' as an input and return it as an output",
                 found.written, found.written);
  return error(ErrorKind::invalid,
               "the network changes its own state while it runs, or libtorch cannot rule it out{}; let forward() take "
               "its state as an input and return it as an output",
               found.read.empty() ? std::string() : ": it reads '" + found.read + "' beside what it writes to");
}

}  // namespace tideline::graph
