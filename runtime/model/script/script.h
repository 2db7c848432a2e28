// Script: a TorchScript file, read and made into one flat graph of operators over constants.
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/script/lowered_cuts.h"

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>

#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

namespace tideline {

struct Script {
  std::shared_ptr<torch::jit::Graph> graph;                // Inputs are single tensors; no `self`. So are outputs, once
                                                           // it is brought into a form.
  torch::jit::Module owner;                                // Owns functions that the graph's stack traces point to,
  std::shared_ptr<torch::jit::CompilationUnit> functions;  // and so does this.
  std::string inputs_json;                                // The file's extra data of that name; empty when it has none.
  std::vector<std::string> defaults;                      // Inputs that are left at their defaults, as "mask = None".
  std::vector<std::string> outputs;                       // Names of the outputs, once it is brought into a form.
  std::unordered_set<const torch::jit::Value*> narrowed;  // What is bf16 where the author had fp32.
  std::vector<LoweredCut> places;                              // Where it may be divided; empty: wherever it can be.
  at::Device device = at::kCPU;                           // Where its constants are, and it runs.
};

// Reads and freezes the network. Operators that write to an input of the network are made to write to a copy. Returns
// invalid when the file is missing, is not TorchScript, does not fit into memory, takes or gives what is no tensor, or
// would not compute the same twice.
Result<Script> read_script(const std::string& file);

}  // namespace tideline
