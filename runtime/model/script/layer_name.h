// The name by which the author of a network knows an operator.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <cstddef>
#include <string>

namespace tideline {

// Returns "features.2 max_pool2d": the path of the module that holds the operator, where the file says, and the
// operator; "max_pool2d 7", with its place among the operators, where it does not.
std::string layer_name(const torch::jit::Node& node, std::size_t place);

}  // namespace tideline
