// Kernel: one operator of a lowered graph, which computes several operators of the network at once.
//
//     std::uint64_t bytes = 0;
//     for (const torch::jit::Node* node : graph.nodes())
//       if (const Kernel* kernel = kernel_of(*node)) bytes += kernel->held_bytes();
//
// A kernel is a graph node of its own kind, so that code for graphs works for kernels. After the graph is made, its
// behaviour does not change; it prepares for each shape on first use. Thread-safe.
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/custom_class.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tideline::kernels {

class Kernel : public torch::CustomClassHolder {
 public:
  // Types of number: fp32, bf16 or fp16.
  struct Numbers {
    at::ScalarType factors = at::kFloat;  // Type of the factors: weights and inputs. Sums of bf16 are fp32.
    at::ScalarType result = at::kFloat;
  };

  // REQUIRES: no run yet.
  void work_in(Numbers numbers) { numbers_ = numbers; }

  // Keeps weights in no larger form than they have. REQUIRES: no run yet.
  void spare_memory() { spares_memory_ = true; }

  // Throws the exceptions of libtorch and oneDNN. Writes only to the memory of inputs without another owner. The
  // result's memory has no other owner.
  virtual at::Tensor run(std::vector<at::Tensor> in) const = 0;

  // Returns true iff the result keeps dimension `dim` of the first input, which has `rank` dimensions, and never mixes
  // positions along it. Each position of the result must follow from the same position of the first and second input.
  virtual bool keeps_apart(std::int64_t dim, std::int64_t rank) const = 0;

  // Returns the largest number of weights and bias, without its sign, or NaN if one is; nothing if the kernel
  // multiplies nothing in the type of the factors. REQUIRES: no run yet.
  virtual std::optional<float> largest_weight() const { return std::nullopt; }

  // Returns the size of the weights: the author's number of weights, in the type of the factors.
  virtual std::uint64_t weight_bytes() const = 0;

  // Returns the current size of the weights, in all orders kept.
  virtual std::uint64_t held_bytes() const { return weight_bytes(); }

 protected:
  const Numbers& numbers() const { return numbers_; }
  bool spares_memory() const { return spares_memory_; }

  // Returns true iff kernels compute with the tensor's type. (In fp32 they do not accept an author's own bf16.)
  bool takes(const at::Tensor& tensor) const {
    return tensor.scalar_type() == at::kFloat || tensor.scalar_type() == numbers_.factors;
  }

 private:
  Numbers numbers_;
  bool spares_memory_ = false;
};

// Returns the largest number of both, without its sign; NaN if one is. `bias` may be undefined.
float largest_of(const at::Tensor& weight, const at::Tensor& bias);

// Replaces `last` by `kernel` and returns its node, which keeps the name of `last`.
torch::jit::Node* insert_kernel(torch::jit::Graph& graph, torch::jit::Node* last, c10::intrusive_ptr<Kernel> kernel,
                                const std::vector<torch::jit::Value*>& inputs);

// Returns the kernel of a node; null if it is an operator of libtorch.
Kernel* kernel_of(const torch::jit::Node& node);

// Returns the name of the node's operator: its kind, or that of the operator that its kernel replaced.
std::string operator_name(const torch::jit::Node& node);

}  // namespace tideline::kernels
