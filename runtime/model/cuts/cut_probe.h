// CutProbe: what one run of the network shows at each cut candidate (a place where only tensors are alive).
#pragma once

#include "runtime/base/tensor.h"
#include "runtime/model/cuts/piece.h"
#include "runtime/model/graph/quantised.h"
#include "runtime/model/script/cut_candidates.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tideline::cuts {

struct CutProbe {
  std::vector<TensorSpec> tensors;
  std::vector<std::vector<std::int64_t>> strides;
  std::vector<std::optional<graph::Quantisation>> quantised;  // How each tensor is quantised; nothing if it is not.
  std::vector<std::uint64_t> bytes;
  std::string obstacle;     // Why the tensors cannot cross; empty if they can.
  std::uint64_t alive = 0;  // Bytes of all live tensors, inputs included, once the crossing ones are row-major.
  std::uint64_t most = 0;   // Peak of live bytes up to here.
};

// The operators between consecutive candidates without an obstacle, prepared once for several runs.
class ProbeRun {
 public:
  ProbeRun(const std::vector<torch::jit::Node*>& operators, const std::vector<script::CutCandidate>& candidates,
           at::Device device);

  // Runs on inputs made by `fill`, and returns what it shows at each of these candidates, in order. Throws libtorch's
  // exceptions.
  std::vector<CutProbe> probe(const std::vector<TensorSpec>& inputs, at::Tensor (*fill)(const TensorSpec&)) const;

 private:
  const at::Device device_;
  std::vector<std::vector<std::string>> names_;  // Names of the live values at each candidate.
  std::vector<Piece> pieces_;
};

// Returns true iff the tensors have the same types and shapes.
bool same_shapes(const CutProbe& a, const CutProbe& b);

// Returns true iff both have the same scales for quantised tensors. REQUIRES: same_shapes().
bool same_scales(const CutProbe& a, const CutProbe& b);

// Returns true iff the first size of every tensor is the batch, outermost in memory, and nothing else of it depends on
// the batch. REQUIRES: the probes ran at batches of one, two and three.
bool batch_is_first(const CutProbe& one, const CutProbe& two, const CutProbe& three);

}  // namespace tideline::cuts
