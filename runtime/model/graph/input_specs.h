// InputSpecs: types and shapes of a network's inputs, from the operator or the file's `inputs.json` (see README.md).
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"

#include <string>
#include <string_view>
#include <vector>

namespace tideline::graph {

// Returns the specs of a JSON array of strings such as ["fp32[1,3,224,224]"].
Result<std::vector<TensorSpec>> parse_inputs_json(std::string_view text);

// Returns `given`, or else the specs in `inputs_json`, with `names`. Returns invalid when both are empty, or their
// number is not the number of names.
Result<std::vector<TensorSpec>> settle_inputs(const std::vector<TensorSpec>& given, std::string_view inputs_json,
                                              const std::vector<std::string>& names);

}  // namespace tideline::graph
