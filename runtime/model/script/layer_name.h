// LayerName: the name by which a network's author recognises an operator.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <cstddef>
#include <string>

namespace tideline::script {

// Returns "features.2 max_pool2d": the path of the operator's module and the operator. Without a path in the file
// returns "max_pool2d 7", with its place among the operators.
std::string layer_name(const torch::jit::Node& node, std::size_t place);

}  // namespace tideline::script
