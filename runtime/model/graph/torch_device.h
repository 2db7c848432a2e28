// TorchDevice: finds libtorch's device of a name, and makes a graph compute on it.
#pragma once

#include "runtime/base/result.h"

#include <c10/core/Device.h>
#include <torch/csrc/jit/ir/ir.h>

#include <string>

namespace tideline::graph {

// Returns the device of that name ("cpu", "cuda:0"); invalid, with the remedy, when this libtorch does not have it.
// Process-wide effect: GPUs then multiply fp32 at full precision and deterministically. REQUIRES: libtorch can parse
// the name.
Result<at::Device> find_device(const std::string& name);

// Replaces GPUs that the author named ("cuda:0") by the processor, so that a file saved on a GPU runs here, and on the
// device of move_to().
void forget_gpus(torch::jit::Graph& graph);

// Moves the graph's constants to the device, and lets operators without a tensor input make their results there.
void move_to(at::Device device, torch::jit::Graph& graph);

}  // namespace tideline::graph
