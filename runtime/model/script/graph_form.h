// GraphForm: what a script is made into once it is known what the network takes.
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/graph/compute_options.h"
#include "runtime/model/graph/raw_tensor.h"
#include "runtime/model/script/script.h"

#include <memory>
#include <vector>

namespace tideline {

enum class GraphForm {
  fast,      // For running here: lowered to kernels where they are fast, else as libtorch has it, on the device.
  portable,  // Operators that every libtorch has, computing what the author wrote. Values have the names of the fast
             // form.
};

// Brings the script into a form, given what the network takes: the sizes of the inputs become constants, so that no
// number that follows from them is alive where only tensors may be. Returns invalid when bf16 is asked for and cannot
// be had: by this network, or by this processor. REQUIRES: one spec for each input; it is called once.
Result<void> bring_into(GraphForm form, const std::vector<RawSpec>& inputs, const ComputeOptions& manner, Script& script);

// Computes what follows from constants alone, and takes away what nobody uses.
void simplify(const std::shared_ptr<torch::jit::Graph>& graph);

}  // namespace tideline
