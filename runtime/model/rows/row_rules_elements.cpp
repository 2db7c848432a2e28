// Rules for elementwise operators: each number of the result follows from the numbers at the same position.
#include "runtime/model/rows/row_rules.h"

#include <ATen/ExpandUtils.h>

namespace tideline::rows {
namespace {

// All tensors are broadcast. Other arguments must be the same for every request: `x / x.size(0)` would divide by the
// number of requests.
RowLays element_by_element(const RowStep& step) {
  std::vector<const RowStep::Given*> tensors;
  std::vector<std::int64_t> shape;
  for (const RowStep::Given& given : step.given()) {
    if (given.lay.is_count()) return lays_of_counts(step);
    if (given.value.isTensor()) {
      tensors.push_back(&given);
      shape = at::infer_size(shape, given.value.toTensor().sizes());
    } else if (!given.lay.is_same()) {
      return std::nullopt;
    }
  }
  const auto lay = broadcast(tensors);
  if (!lay || step.made().size() != 1 || !step.made()[0].isTensor()) return std::nullopt;
  if (step.made()[0].toTensor().sizes() != at::IntArrayRef(shape)) return std::nullopt;  // Not elementwise.
  return alike(step, *lay);
}

// Uses only the type of the other tensor.
RowLays to_another_type(const RowStep& step) {
  const RowStep::Given& self = step.given()[0];
  if (self.lay.is_count() || !self.value.isTensor()) return std::nullopt;
  for (const RowStep::Given& given : step.given())
    if (!given.value.isTensor() && !given.lay.is_same()) return std::nullopt;
  return alike(step, self.lay);
}

// Random in training.
RowLays dropout(const RowStep& step) {
  return step.is_false("train") ? element_by_element(step) : std::nullopt;
}

// `max(x, y)` is elementwise, `max(x, dim)` reduces along a dimension, and `max(x)` reduces all of it.
RowLays larger_or_smaller(const RowStep& step) {
  return step.find("other") != nullptr ? element_by_element(step) : lays_of_reduction(step);
}

// One slope for all, or one per channel.
RowLays prelu(const RowStep& step) {
  const auto* x = step.rows("self");
  const auto* slope = step.find("weight");
  if (x == nullptr || slope == nullptr || !slope->value.isTensor() || !step.rest_is_same(x)) return std::nullopt;
  const bool apart = slope->value.toTensor().numel() == 1 || (rank_of(*x) >= 2 && x->lay.dim != 1);
  return apart ? alike(step, x->lay) : std::nullopt;
}

}  // namespace

void add_element_rules(RowRules& rules) {
  for (const auto* kind : {"aten::relu",        "aten::relu6",
                           "aten::sigmoid",     "aten::tanh",
                           "aten::gelu",        "aten::silu",
                           "aten::mish",        "aten::hardswish",
                           "aten::hardtanh",    "aten::hardsigmoid",
                           "aten::leaky_relu",  "aten::elu",
                           "aten::selu",        "aten::celu",
                           "aten::softplus",    "aten::softshrink",
                           "aten::hardshrink",  "aten::threshold",
                           "aten::logit",       "aten::log_sigmoid",
                           "aten::exp",         "aten::exp2",
                           "aten::expm1",       "aten::log",
                           "aten::log2",        "aten::log10",
                           "aten::log1p",       "aten::sqrt",
                           "aten::rsqrt",       "aten::square",
                           "aten::reciprocal",  "aten::abs",
                           "aten::neg",         "aten::sign",
                           "aten::floor",       "aten::ceil",
                           "aten::round",       "aten::trunc",
                           "aten::frac",        "aten::sin",
                           "aten::cos",         "aten::tan",
                           "aten::asin",        "aten::acos",
                           "aten::atan",        "aten::sinh",
                           "aten::cosh",        "aten::erf",
                           "aten::erfc",        "aten::logical_not",
                           "aten::bitwise_not", "aten::isnan",
                           "aten::isinf",       "aten::isfinite",
                           "aten::nan_to_num",  "aten::clamp",
                           "aten::clamp_min",   "aten::clamp_max",
                           "aten::clip",        "aten::contiguous",
                           "aten::clone",       "aten::detach",
                           "aten::alias",       "aten::zeros_like",
                           "aten::ones_like",   "aten::full_like",
                           "aten::dequantize",  "aten::add",
                           "aten::sub",         "aten::rsub",
                           "aten::mul",         "aten::div",
                           "aten::true_divide", "aten::floor_divide",
                           "aten::remainder",   "aten::fmod",
                           "aten::pow",         "aten::maximum",
                           "aten::minimum",     "aten::fmax",
                           "aten::fmin",        "aten::atan2",
                           "aten::eq",          "aten::ne",
                           "aten::lt",          "aten::le",
                           "aten::gt",          "aten::ge",
                           "aten::logical_and", "aten::logical_or",
                           "aten::logical_xor", "aten::bitwise_and",
                           "aten::bitwise_or",  "aten::bitwise_xor",
                           "aten::__and__",     "aten::__or__",
                           "aten::__xor__",     "aten::lerp",
                           "aten::addcmul",     "aten::addcdiv",
                           "aten::where",       "aten::masked_fill",
                           "aten::expand_as",   "aten::quantize_per_tensor",
                           "quantized::add",    "quantized::add_relu",
                           "quantized::mul",    "quantized::mul_relu"})
    rules.emplace(kind, element_by_element);
  for (const auto* kind : {"aten::to", "aten::type_as"}) rules.emplace(kind, to_another_type);
  for (const auto* kind : {"aten::dropout", "aten::feature_dropout", "aten::alpha_dropout"})
    rules.emplace(kind, dropout);
  for (const auto* kind : {"aten::max", "aten::min"}) rules.emplace(kind, larger_or_smaller);
  rules.emplace("aten::prelu", prelu);
}

}  // namespace tideline::rows
