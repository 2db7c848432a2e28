// Devices in libtorch's terms: which there are, and how a graph comes to compute on one.
#pragma once

#include "runtime/base/result.h"

#include <c10/core/Device.h>
#include <torch/csrc/jit/ir/ir.h>

#include <string>

namespace tideline {

// Returns the device of that name ("cpu", "cuda:0"); invalid, with what to do, when this libtorch does not have it.
// From then on a GPU multiplies fp32 as fp32 is, and the same way every time; that is process-wide. REQUIRES: the name
// is one that libtorch can read.
Result<at::Device> find_device(const std::string& name);

// Puts in the place of what the author wrote of GPUs ("cuda:0") the processor: a file that was saved on one then runs
// here, and on whatever move_to() says.
void forget_gpus(torch::jit::Graph& graph);

// Puts the graph's constants into the device's memory, and makes there what operators make of no tensor.
void move_to(at::Device device, torch::jit::Graph& graph);

}  // namespace tideline
