// Chain: an operator and its neighbours that one kernel can compute together.
//
// Each take_ function adds one operator if only the chain uses it; otherwise the chain stays unchanged. Call them in
// the order of the members.
#pragma once

#include "runtime/model/kernels/activation.h"
#include "runtime/model/kernels/normalisation_method.h"

#include <torch/csrc/jit/ir/ir.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tideline::kernels {

struct Chain {
  torch::jit::Node* first;
  torch::jit::Node* last;
  torch::jit::Value* input = first->inputs()[0];
  std::optional<NormalisationPlan> normalised;
  torch::jit::Value* added = nullptr;
  Activation then;
};

// Takes zeros around the image. They are added to the convolution's own padding, height before width.
void take_padding(Chain& chain, std::vector<std::int64_t>& before, std::vector<std::int64_t>& after);

// Takes a normalisation of that many channels.
void take_normalisation(Chain& chain, std::int64_t channels);

// Takes the addition of another tensor. If two convolutions are added, the later one adds: the other operand exists
// already when it runs.
void take_addition(Chain& chain);

void take_activation(Chain& chain);

// Returns the plan of the node, if it is a batch normalisation with constant parameters.
std::optional<NormalisationPlan> normalisation_of(const torch::jit::Node& node);

// Returns true iff the node is the operator of that name, such as "aten::conv2d".
bool is(const torch::jit::Node& node, std::string_view kind);

}  // namespace tideline::kernels
