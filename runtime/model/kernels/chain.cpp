#include "runtime/model/kernels/chain.h"

#include "runtime/model/graph/arguments.h"

#include <ATen/Functions.h>

#include <algorithm>

namespace tideline::kernels {
namespace {

using torch::jit::Node;
using torch::jit::Value;

// Returns the only operator that uses the value, in the same block; null if there are several.
Node* only_user(const Value& value) {
  if (value.uses().size() != 1) return nullptr;
  Node* const user = value.uses().front().user;
  return user->owningBlock() == value.node()->owningBlock() ? user : nullptr;
}

bool adds_one_to_one(const Node& node) {
  return is(node, "aten::add") && node.inputs().size() == 3 && graph::Arguments(node).whole(2) == 1;
}

}  // namespace

bool is(const Node& node, std::string_view kind) {
  return node.kind().toQualString() == kind;
}

std::optional<NormalisationPlan> normalisation_of(const Node& node) {
  const graph::Arguments a(node);
  const auto mean = a.weights(3, 1), variance = a.weights(4, 1);
  auto scale = a.optional_weights(1, 1), shift = a.optional_weights(2, 1);
  const auto epsilon = a.real(7);
  const bool known = mean && variance && scale && shift && epsilon;
  if (!is(node, "aten::batch_norm") || !known || a.flag(5) != false) return std::nullopt;
  if (!scale->defined()) scale = at::ones_like(*mean);
  if (!shift->defined()) shift = at::zeros_like(*mean);
  return NormalisationPlan{*scale, *shift, *mean, *variance, *epsilon, false};
}

void take_padding(Chain& chain, std::vector<std::int64_t>& before, std::vector<std::int64_t>& after) {
  Node& pad = *chain.input->node();
  if (!is(pad, "aten::constant_pad_nd") && !is(pad, "aten::pad")) return;
  const graph::Arguments a(pad);
  const auto border = a.border(1);
  const bool zeros =
      is(pad, "aten::pad") ? a.text(2) == "constant" && (a.is_none(3) || a.real(3) == 0) : a.real(2) == 0;
  if (!border || !zeros || only_user(*chain.input) != chain.first) return;
  const auto [left, right, above, below] = *border;
  if (std::min({left, right, above, below}) < 0) return;
  before = {before[0] + above, before[1] + left};
  after = {after[0] + below, after[1] + right};
  chain.input = pad.inputs()[0];
}

void take_normalisation(Chain& chain, std::int64_t channels) {
  Node* const user = only_user(*chain.last->output());
  if (user == nullptr || user->inputs()[0] != chain.last->output()) return;
  const auto plan = normalisation_of(*user);
  if (!plan || plan->mean.numel() != channels) return;
  chain.normalised = plan;
  chain.last = user;
}

void take_addition(Chain& chain) {
  Node* const user = only_user(*chain.last->output());
  if (user == nullptr || !adds_one_to_one(*user)) return;
  Value* const other = user->inputs()[user->inputs()[0] == chain.last->output() ? 1 : 0];
  const bool tensor = other->type()->isSubtypeOf(*c10::TensorType::get());
  const bool before = other->node()->owningBlock() == chain.first->owningBlock() && other->node()->isBefore(chain.last);
  if (!tensor || !before) return;
  chain.added = other;
  chain.last = user;
}

void take_activation(Chain& chain) {
  Node* const user = only_user(*chain.last->output());
  if (user == nullptr) return;
  const auto activation = activation_of(*user);
  if (!activation || user->inputs()[0] != chain.last->output()) return;
  chain.then = *activation;
  chain.last = user;
}

}  // namespace tideline::kernels
