// Kernel: one operator of a lowered graph: several operators of the network, done in one.
//
// Stands in the graph as a node of its own kind, so that whatever handles graphs handles kernels. Immutable to the
// outside; makes what it needs for a shape when it first meets it. Thread-safe.
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/custom_class.h>

#include <cstdint>
#include <string>
#include <vector>

namespace tideline {

class Kernel : public torch::CustomClassHolder {
 public:
  // Throws what libtorch and oneDNN throw. Writes only to the memory of inputs that nobody else holds, and gives a
  // result whose memory nobody else holds.
  virtual at::Tensor run(std::vector<at::Tensor> in) const = 0;

  // Returns the bytes of the weights as the network's author counts them.
  virtual std::uint64_t weight_bytes() const = 0;
};

// Puts `kernel` in the place of `last` and returns its node. It is called what `last` was.
torch::jit::Node* insert_kernel(torch::jit::Graph& graph, torch::jit::Node* last, c10::intrusive_ptr<Kernel> kernel,
                                const std::vector<torch::jit::Value*>& inputs);

// Returns the kernel of a node; null when it is an operator of libtorch.
const Kernel* kernel_of(const torch::jit::Node& node);

// Returns the operator after which the node is called: its kind, or what a kernel took the place of.
std::string operator_name(const torch::jit::Node& node);

}  // namespace tideline
