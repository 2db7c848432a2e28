// Chain: an operator, and what stands before and behind it that its kernel does as well.
//
// Each take_ function lengthens the chain by one operator where that is used by the chain alone, and leaves it as it is
// where not. They are called in the order of the members.
#pragma once

#include "runtime/model/kernels/activation.h"
#include "runtime/model/kernels/normalisation_kernel.h"

#include <torch/csrc/jit/ir/ir.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tideline {

struct Chain {
  torch::jit::Node* first;
  torch::jit::Node* last;
  torch::jit::Value* input = first->inputs()[0];
  std::optional<NormalisationPlan> normalised;
  torch::jit::Value* added = nullptr;
  Activation then;
};

// Zeros around the image, of which the convolution only has to know: they are added to its own, height before width.
void take_padding(Chain& chain, std::vector<std::int64_t>& before, std::vector<std::int64_t>& after);

// A normalisation of that many channels.
void take_normalisation(Chain& chain, std::int64_t channels);

// The addition of another tensor. Of two convolutions that are added up, the later one adds: what is added is there
// already when it runs.
void take_addition(Chain& chain);

void take_activation(Chain& chain);

// Returns what the node does, when it is a batch normalisation with known numbers.
std::optional<NormalisationPlan> normalisation_of(const torch::jit::Node& node);

// Returns true iff the node is the operator of that name, such as "aten::conv2d".
bool is(const torch::jit::Node& node, std::string_view kind);

}  // namespace tideline
