// Script: a TorchScript file, read and converted to one flat graph of operators over constants.
//
//     Result<Script> script = read_script("net.pt");
//     if (!script) return script.error();
//     if (auto done = bring_into(GraphForm::fast, inputs, options, *script); !done) return done.error();
//     const auto operators = operators_of(*script->graph);
//
// Not thread-safe. bring_into() is in graph_form.h, operators_of() in cut_candidates.h.
#pragma once

#include "runtime/base/kernel_choice.h"
#include "runtime/base/result.h"
#include "runtime/model/script/lowered_cuts.h"

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>

#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

namespace tideline::script {

struct Script {
  // Inputs are single tensors, without `self`. So are outputs, after bring_into().
  std::shared_ptr<torch::jit::Graph> graph;
  // `owner` and `functions` own the functions in the graph's stack traces.
  torch::jit::Module owner;
  std::shared_ptr<torch::jit::CompilationUnit> functions;
  std::string inputs_json, image_json;                    // The file's extra data of that name; empty if it has none.
  std::vector<std::string> defaults;                      // Inputs left at their defaults, as "mask = None".
  std::vector<std::string> outputs;                       // Names of the outputs, after bring_into().
  std::unordered_set<const torch::jit::Value*> narrowed;  // Of narrow_type, but fp32 in the author's network.
  at::ScalarType narrow_type = at::kFloat;                // bf16 or fp16, if the kernels multiply in it.
  std::vector<LoweredCut> lowered_cuts;                   // The allowed cuts; empty: no restriction.
  at::Device device = at::kCPU;                           // Where its constants are, and where it runs.
  KernelChoice kernels = KernelChoice::libtorch;          // What computes it, after bring_into().
};

// Reads and freezes the network. Operators that would write to an input write to a copy instead. Returns invalid when
// the file is missing, is not TorchScript, or does not fit into memory. Also when an input or output is not a tensor,
// or two runs could differ.
Result<Script> read_script(const std::string& file);

}  // namespace tideline::script
