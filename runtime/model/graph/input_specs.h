// What a network takes: from the operator, or from the file's own `inputs.json` (see README.md).
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"

#include <string>
#include <string_view>
#include <vector>

namespace tideline {

// Returns the specs of a JSON array of strings such as ["fp32[1,3,224,224]"].
Result<std::vector<TensorSpec>> parse_inputs_json(std::string_view text);

// Returns `given`, or else what `inputs_json` says, with `names`. Returns invalid when neither says anything, or not as
// many as there are names.
Result<std::vector<TensorSpec>> settle_inputs(const std::vector<TensorSpec>& given, std::string_view inputs_json,
                                              const std::vector<std::string>& names);

}  // namespace tideline
