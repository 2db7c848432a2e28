// Piece: the operators between two cut candidates, ready to run.
//
// Runs the interpreter's code unchanged. (A GraphExecutor would profile its first runs and optimise again. The graph is
// optimised already, and all pieces must keep the same operators.) Immutable. Thread-safe.
#pragma once

#include "runtime/model/script/cut_candidates.h"

#include <torch/csrc/jit/runtime/interpreter.h>

#include <cstddef>
#include <vector>

namespace tideline::cuts {

class Piece {
 public:
  Piece(const std::vector<torch::jit::Node*>& operators, const script::CutCandidate& from,
        const script::CutCandidate& to);

  // Returns true iff an operator may write to the memory of that input.
  bool writes_to(std::size_t input) const { return written_[input]; }

  // Throws libtorch's exceptions. REQUIRES: the caller gives up the memory of inputs for which writes_to() is true.
  std::vector<at::Tensor> run(std::vector<at::Tensor> in) const;

 private:
  explicit Piece(const std::shared_ptr<torch::jit::Graph>& graph);

  const torch::jit::Code code_;
  const std::vector<bool> written_;
};

// Runs the piece on copies of the inputs that it writes to.
std::vector<at::Tensor> run_on_copies(const Piece& piece, std::vector<at::Tensor> tensors);

}  // namespace tideline::cuts
