#include "runtime/model/graph/attributes.h"

#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/serialization/import.h>

namespace tideline {
namespace {

// Whether the graph of that forward(), not frozen, still reads the module once its attributes are bound.
bool reads_module(const std::string& source) {
  const Scratch scratch;
  write_network(scratch / "n.pt", source, R"(["fp32[3,8]"])");
  const auto module = torch::jit::load((scratch / "n.pt").string());
  const auto graph = module.get_method("forward").graph()->copy();
  torch::jit::Inline(*graph);
  graph::bind_attributes(module, *graph);
  torch::jit::EliminateDeadCode(graph);
  return graph->inputs()[0]->hasUses();
}

// What torch.nn.TransformerEncoder does, scripted by PyTorch 2: freezing takes such weights for ones that are written
// to.
TEST(Attributes, AreConstantsWhereListsAloneAreWrittenTo) {
  EXPECT_FALSE(
      reads_module("def forward(self, x: Tensor):\n  parts: List[Tensor] = []\n  if bool(x.sum() > 0):\n"
                   "    for w in self.m.chunk(2):\n      parts.append(torch.matmul(x, w.t()))\n"
                   "  else:\n    parts.append(torch.matmul(x, self.m.t()))\n  return torch.cat(parts, 1)\n"));
}

TEST(Attributes, StayWhereATensorIsWrittenTo) {
  EXPECT_TRUE(reads_module("def forward(self, x: Tensor):\n  self.m.add_(1)\n  return torch.matmul(x, self.m.t())\n"));
}

TEST(Attributes, StayWhereOneIsSet) {
  EXPECT_TRUE(reads_module(
      "def forward(self, x: Tensor):\n  self.count = self.count + 1\n  return torch.matmul(x, self.m.t())\n"));
}

}  // namespace
}  // namespace tideline
