// Walk: one run of the network on zeros, from seam to seam, to learn what crosses at each.
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/raw_tensor.h"
#include "runtime/model/seams.h"

#include <cstdint>
#include <unordered_set>
#include <vector>

namespace tideline {

// A seam at which every live value turned out to be a plain tensor.
struct Landing {
  Seam seam;
  std::vector<RawSpec> tensors;                    // What crosses: fp32 where the whole has narrowed to bf16.
  std::vector<std::vector<std::int64_t>> strides;  // In which order the numbers of each lie there in the whole.
  std::vector<bool> narrowed;                      // Whether the whole has each in bf16 where fp32 crosses.
};

using Values = std::unordered_set<const torch::jit::Value*>;

// Returns the landings among `seams`, given what has been narrowed; the first and the last of these are always among
// them. Returns invalid when the network does not accept such inputs, or an output is no plain tensor.
Result<std::vector<Landing>> walk(const std::vector<torch::jit::Node*>& operators, std::vector<Seam> seams,
                                  const std::vector<RawSpec>& inputs, const Values& narrowed);

}  // namespace tideline
