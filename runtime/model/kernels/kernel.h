// Kernel: one operator of a lowered graph: several operators of the network, done in one.
//
// Stands in the graph as a node of its own kind, so that whatever handles graphs handles kernels. Immutable to the
// outside once the graph is made; makes what it needs for a shape when it first meets it. Thread-safe.
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
  // Types of number: fp32 or bf16.
  struct Numbers {
    at::ScalarType factors = at::kFloat;  // What is multiplied: weights, and what meets them. Sums are always fp32.
    at::ScalarType result = at::kFloat;
  };

  // REQUIRES: no run so far.
  void work_in(Numbers numbers) { numbers_ = numbers; }

  // From now on weights are kept in no larger form than they have. REQUIRES: no run so far.
  void spare_memory() { spares_memory_ = true; }

  // Throws what libtorch and oneDNN throw. Writes only to the memory of inputs that nobody else holds, and gives a
  // result whose memory nobody else holds.
  virtual at::Tensor run(std::vector<at::Tensor> in) const = 0;

  // Returns true iff the result has that dimension of the first input, of so many, and what lies at one place along it
  // is computed from what lies there alone, and from the second input at that place.
  virtual bool keeps_apart(std::int64_t dim, std::int64_t rank) const = 0;

  // Returns the bytes of the weights: as many as the network's author counts, in the type that is multiplied.
  virtual std::uint64_t weight_bytes() const = 0;

  // Returns the bytes that the weights take now, in every order in which they are kept.
  virtual std::uint64_t held_bytes() const { return weight_bytes(); }

 protected:
  const Numbers& numbers() const { return numbers_; }
  bool spares_memory() const { return spares_memory_; }

  // Returns true iff the tensor is of a type that kernels work in here. (An author's own bf16 is not, in fp32.)
  bool takes(const at::Tensor& tensor) const {
    return tensor.scalar_type() == at::kFloat || tensor.scalar_type() == numbers_.factors;
  }

 private:
  Numbers numbers_;
  bool spares_memory_ = false;
};

// Puts `kernel` in the place of `last` and returns its node. It is called what `last` was.
torch::jit::Node* insert_kernel(torch::jit::Graph& graph, torch::jit::Node* last, c10::intrusive_ptr<Kernel> kernel,
                                const std::vector<torch::jit::Value*>& inputs);

// Returns the kernel of a node; null when it is an operator of libtorch.
Kernel* kernel_of(const torch::jit::Node& node);

// Returns the operator after which the node is called: its kind, or what a kernel took the place of.
std::string operator_name(const torch::jit::Node& node);

}  // namespace tideline
