// ProbeCuts: runs the network from cut candidate to cut candidate and learns which tensors cross at each.
//
//     const auto operators = operators_of(*script.graph);
//     std::vector<CutCandidate> candidates = find_candidates(script.graph, operators);
//     const auto cuts = probe_cuts(operators, candidates, inputs, script);
//     if (!cuts) return cuts.error();
//
// A cut candidate is a place between two operators where only tensors are alive. Not thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/model/graph/quantised.h"
#include "runtime/model/script/cut_candidates.h"
#include "runtime/model/script/script.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace tideline::cuts {

// Strides of each tensor in memory.
using Strides = std::vector<std::vector<std::int64_t>>;

// A cut candidate at which every live value is a plain tensor.
struct ProbedCut {
  script::CutCandidate candidate;
  std::vector<TensorSpec> tensors;  // The crossing tensors: fp32 where the whole network has a narrowed type.
  Strides strides;                  // In the whole network, for a batch of one if the batch varies.
  Strides batch_strides;            // For larger batches; empty if the batch does not vary.
  std::vector<std::optional<graph::Quantisation>>
      quantised;  // Of each tensor whose numbers cross, in the whole network.
  std::vector<std::optional<at::ScalarType>>
      narrowed;              // The type (bf16, fp16) of each in the whole network where fp32 crosses in its place.
  std::uint64_t memory = 0;  // Peak bytes of tensors up to here, plus the crossing tensors if their order or type
                             // changes. Never decreases from cut to cut.
};

// Returns the probed cuts among `candidates`, the candidates of the script's operators; always includes the first and
// the last. Gives the others an obstacle: a live tensor is not plain, its shape or scale depends on the data, or its
// first size is not the variable batch. Returns invalid when the network does not accept such inputs, or when one of
// these faults concerns an output.
Result<std::vector<ProbedCut>> probe_cuts(const std::vector<torch::jit::Node*>& operators,
                                          std::vector<script::CutCandidate>& candidates,
                                          const std::vector<TensorSpec>& inputs, const script::Script& script);

}  // namespace tideline::cuts
