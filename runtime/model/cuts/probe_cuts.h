// Walk: runs of the network from seam to seam, to learn what crosses at each.
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/graph/quantised.h"
#include "runtime/model/graph/raw_tensor.h"
#include "runtime/model/script/script.h"
#include "runtime/model/script/cut_candidates.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace tideline {

// In which order the numbers of each tensor lie in memory.
using Strides = std::vector<std::vector<std::int64_t>>;

// A seam at which every live value turned out to be a plain tensor.
struct ProbedCut {
  CutCandidate seam;
  std::vector<RawSpec> tensors;                        // What crosses: fp32 where the whole has narrowed to bf16.
  Strides strides;                                     // In the whole, of one element of a batch that varies.
  Strides batch_strides;                               // Of several; empty where the batch does not vary.
  std::vector<std::optional<Quantisation>> quantised;  // How the whole has each quantised whose numbers cross.
  std::vector<bool> narrowed;                          // Whether the whole has each in bf16 where fp32 crosses.
  std::uint64_t memory = 0;  // The most bytes of tensors that were alive at once up to here, and once more what
                             // crosses where that changes its order or type. Never falls from landing to landing.
};

// Returns the landings among `seams` of the script's operators; the first and the last of these are always among
// them. The others get an obstacle: where a live tensor is not plain, its shape or scale depends on the data, or a
// batch that varies is not its first size. Returns invalid when the network does not accept such inputs, or that is so
// of an output.
Result<std::vector<ProbedCut>> probe_cuts(const std::vector<torch::jit::Node*>& operators, std::vector<CutCandidate>& seams,
                                  const std::vector<RawSpec>& inputs, const Script& script);

}  // namespace tideline
