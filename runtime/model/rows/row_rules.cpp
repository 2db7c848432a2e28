#include "runtime/model/rows/row_rules.h"

#include "runtime/model/kernels/kernel.h"

#include <algorithm>

namespace tideline::rows {
namespace {

const RowRules& rules() {
  static const RowRules kRules = [] {
    RowRules rules;
    add_element_rules(rules);
    add_layer_rules(rules);
    add_window_rules(rules);
    add_reduction_rules(rules);
    add_shape_rules(rules);
    add_move_rules(rules);
    add_choice_rules(rules);
    add_list_rules(rules);
    return rules;
  }();
  return kRules;
}

// The rule is wrong if the size along its dimension differs from what it says.
bool fits(const at::IValue& made, const RowLay& lay, std::int64_t count) {
  if (!lay.is_rows()) return true;
  if (!made.isTensor() || !made.toTensor().defined()) return false;
  const at::Tensor& tensor = made.toTensor();
  return lay.dim >= 0 && lay.dim < tensor.dim() && tensor.size(lay.dim) == lay.alone() * count;
}

bool fit(const RowStep& step, const std::vector<RowLay>& lays) {
  if (lays.size() != step.made().size()) return false;
  for (std::size_t i = 0; i < lays.size(); ++i)
    if (!fits(step.made()[i], lays[i], step.count())) return false;
  return true;
}

}  // namespace

RowLays lays_after(const RowStep& step) {
  RowLays lays;
  const auto rule = rules().find(step.node().kind().toQualString());
  if (kernels::kernel_of(step.node()) != nullptr)
    lays = lays_after_kernel(step);
  else if (rule != rules().end())
    lays = rule->second(step);
  return lays && fit(step, *lays) ? lays : std::nullopt;
}

RowLays alike(const RowStep& step, const RowLay& lay) {
  return std::vector<RowLay>(step.made().size(), lay);
}

bool goes_with(const RowLay& lay, std::int64_t rank, const RowStep::Given& tensor) {
  if (!tensor.value.isTensor()) return tensor.value.isNone();
  const std::int64_t shift = rank - rank_of(tensor);
  if (shift < 0) return false;
  if (tensor.lay.is_rows()) return tensor.lay.at(tensor.lay.dim + shift) == lay;
  if (!tensor.lay.is_same()) return false;
  return lay.dim < shift || tensor.value.toTensor().size(lay.dim - shift) == 1;
}

std::optional<RowLay> broadcast(const std::vector<const RowStep::Given*>& tensors) {
  std::int64_t rank = 0;
  for (const auto* tensor : tensors) rank = std::max(rank, rank_of(*tensor));
  std::optional<RowLay> lay;
  for (const auto* tensor : tensors)
    if (tensor->lay.is_rows()) lay = tensor->lay.at(tensor->lay.dim + rank - rank_of(*tensor));
  if (!lay) return std::nullopt;
  const bool all =
      std::all_of(tensors.begin(), tensors.end(), [&](const auto* tensor) { return goes_with(*lay, rank, *tensor); });
  return all ? lay : std::nullopt;
}

}  // namespace tideline::rows
