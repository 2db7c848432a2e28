// Piece: the operators between two seams, ready to run.
//
// Runs the interpreter's code as it is. (A GraphExecutor would profile its first runs and optimise again; the graph is
// optimised already, and all pieces must stay the same operators.) Immutable. Thread-safe.
#pragma once

#include "runtime/model/script/cut_candidates.h"

#include <torch/csrc/jit/runtime/interpreter.h>

#include <cstddef>
#include <vector>

namespace tideline {

class Piece {
 public:
  Piece(const std::vector<torch::jit::Node*>& operators, const CutCandidate& from, const CutCandidate& to);

  // Returns true iff some operator may write to the memory of that input.
  bool writes_to(std::size_t input) const { return written_[input]; }

  // Throws what libtorch throws. REQUIRES: the caller gives up the memory of the inputs that writes_to() names.
  std::vector<at::Tensor> run(std::vector<at::Tensor> in) const;

 private:
  explicit Piece(const std::shared_ptr<torch::jit::Graph>& graph);

  const torch::jit::Code code_;
  const std::vector<bool> written_;
};

// Runs the piece, on a copy of what it writes to.
std::vector<at::Tensor> run_on_copies(const Piece& piece, std::vector<at::Tensor> tensors);

}  // namespace tideline
