// InputSpecs: types, shapes and names of a network's inputs, and names of its outputs, from the operator or the file's
// `inputs.json` (see README.md).
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"

#include <string>
#include <string_view>
#include <vector>

namespace tideline::graph {

// What `inputs.json` says of a network.
struct DescribedTensors {
  std::vector<TensorSpec> inputs;    // Without a name where it gives none.
  std::vector<std::string> outputs;  // Their names; empty if it gives none.
};

// Returns what a JSON array of strings such as ["fp32[1,3,224,224]"] says, or an object with that as "inputs", and
// names as "outputs".
Result<DescribedTensors> parse_inputs_json(std::string_view text);

// Returns `given`, or else the specs in `inputs_json`. One without a name gets that of `names`. Returns invalid when
// both are empty, their number is not the number of names, or two have one name.
Result<std::vector<TensorSpec>> settle_inputs(const std::vector<TensorSpec>& given, std::string_view inputs_json,
                                              const std::vector<std::string>& names);

// Returns `given`, or else the names of outputs in `inputs_json`, or else `names`, which are the network's own. Returns
// invalid when their number is not the number of `names`, or two are equal.
Result<std::vector<std::string>> settle_outputs(const std::vector<std::string>& given, std::string_view inputs_json,
                                                const std::vector<std::string>& names);

}  // namespace tideline::graph
