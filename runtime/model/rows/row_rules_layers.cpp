// Rules for layers with weights: products, convolutions, normalisations, recurrent layers, our kernels.
#include "runtime/model/kernels/kernel.h"
#include "runtime/model/rows/row_rules.h"

#include <algorithm>

namespace tideline::rows {
namespace {

using Given = RowStep::Given;

bool is_tensor_for_all(const Given* given) {
  return given != nullptr && given->value.isTensor() && given->lay.is_same();
}

// Sums over the last dimension.
RowLays linear(const RowStep& step) {
  const auto* x = step.rows();
  if (x == nullptr || !step.rest_is_same(x) || x->lay.dim >= rank_of(*x) - 1) return std::nullopt;
  return alike(step, x->lay);
}

// Returns the dimension of the requests counted in the product, whose last two dimensions are those of the matrices.
std::int64_t shifted(const Given& factor, std::int64_t rank) {
  return factor.lay.dim + rank - rank_of(factor);
}

// Sums over the common dimension: the last one of `a`, the second to last one of `b`.
std::optional<RowLay> product(const Given& a, const Given& b) {
  if (!a.value.isTensor() || !b.value.isTensor()) return std::nullopt;
  if (rank_of(b) == 1) {
    const bool apart = a.lay.is_rows() && b.lay.is_same() && a.lay.dim < rank_of(a) - 1;
    return apart ? std::optional(a.lay) : std::nullopt;
  }
  if (rank_of(a) < 2 || rank_of(b) < 2) return std::nullopt;
  const std::int64_t rank = std::max(rank_of(a), rank_of(b));
  const std::int64_t rows = rank - 2, columns = rank - 1;
  if (a.lay.is_rows() && shifted(a, rank) == columns) return std::nullopt;
  if (b.lay.is_rows() && shifted(b, rank) == rows) return std::nullopt;
  if (a.lay.is_rows() && shifted(a, rank) == rows && b.lay.is_same()) return a.lay.at(rows);
  if (b.lay.is_rows() && shifted(b, rank) == columns && a.lay.is_same()) return b.lay.at(columns);
  const auto lay = broadcast({&a, &b});  // Many independent products.
  return lay && lay->dim < rows ? lay : std::nullopt;
}

RowLays product_of_two(const RowStep& step) {
  const auto& given = step.given();
  if (given.size() != 2) return std::nullopt;
  const auto lay = product(given[0], given[1]);
  return lay ? alike(step, *lay) : std::nullopt;
}

// Adds the first tensor to the product of the next two.
RowLays sum_with_product(const RowStep& step) {
  const auto& given = step.given();
  if (given.size() < 3 || !step.rest_is_same({&given[0], &given[1], &given[2]})) return std::nullopt;
  const auto lay = product(given[1], given[2]);
  const bool apart = lay && step.made()[0].isTensor() && goes_with(*lay, step.made()[0].toTensor().dim(), given[0]);
  return apart ? alike(step, *lay) : std::nullopt;
}

// A tensor with one dimension less is a single image, whose channels come first.
RowLays convolution(const RowStep& step) {
  const auto *x = step.rows(), *weight = step.find("weight");
  if (x == nullptr || !is_tensor_for_all(weight) || !step.rest_is_same(x)) return std::nullopt;
  return x->lay.dim == 0 && rank_of(*x) == rank_of(*weight) ? alike(step, x->lay) : std::nullopt;
}

// Packed weights do not show their rank: it is that of images.
RowLays convolution_of_images(const RowStep& step) {
  const auto* x = step.rows();
  if (x == nullptr || !step.rest_is_same(x)) return std::nullopt;
  return x->lay.dim == 0 && rank_of(*x) == 4 ? alike(step, x->lay) : std::nullopt;
}

// With the moments from training; otherwise it computes them over the batch.
RowLays batch_norm(const RowStep& step) {
  const auto* x = step.rows("input");
  const bool known = is_tensor_for_all(step.find("running_mean")) && is_tensor_for_all(step.find("running_var"));
  if (x == nullptr || !known || !step.is_false("training") || !step.rest_is_same(x)) return std::nullopt;
  return x->lay.dim != 1 && rank_of(*x) >= 2 ? alike(step, x->lay) : std::nullopt;
}

// If it kept running moments, they would depend on this batch.
RowLays instance_norm(const RowStep& step) {
  const auto* x = step.rows("input");
  if (x == nullptr || !step.rest_is_same(x) || x->lay.dim != 0 || rank_of(*x) < 3) return std::nullopt;
  const bool kept = !step.is_none("running_mean") || !step.is_none("running_var");
  return step.is_true("use_input_stats") && !kept ? alike(step, x->lay) : std::nullopt;
}

RowLays group_norm(const RowStep& step) {
  const auto* x = step.rows("input");
  if (x == nullptr || !step.rest_is_same(x)) return std::nullopt;
  return x->lay.dim == 0 && rank_of(*x) >= 2 ? alike(step, x->lay) : std::nullopt;
}

// Normalises over the last dimensions, as many as it names sizes.
RowLays layer_norm(const RowStep& step) {
  const auto* x = step.rows("input");
  const auto over = step.wholes("normalized_shape");
  if (x == nullptr || !over || !step.rest_is_same(x)) return std::nullopt;
  return x->lay.dim < rank_of(*x) - static_cast<std::int64_t>(over->size()) ? alike(step, x->lay) : std::nullopt;
}

// Returns true iff the state, or each of several, has the requests in dimension 1 of [layers, batch, numbers].
bool begins_with(const Given& state, const RowLay& lay) {
  if (state.value.isTensor()) return rank_of(state) == 3 && state.lay == lay;
  if (!state.value.isTensorList()) return false;
  const auto lays = parts_of(state);
  const auto tensors = state.value.toTensorVector();
  return std::all_of(lays.begin(), lays.end(), [&](const RowLay& one) { return one == lay; }) &&
         std::all_of(tensors.begin(), tensors.end(), [](const at::Tensor& one) { return one.dim() == 3; });
}

// The result lies like the sequences; the final states lie like the initial ones.
RowLays recurrent(const RowStep& step) {
  const auto *x = step.rows("input"), *state = step.find("hx");
  if (x == nullptr || state == nullptr || rank_of(*x) != 3 || !step.rest_is_same({x, state})) return std::nullopt;
  const bool first = step.is_true("batch_first");
  const RowLay states = x->lay.at(1);
  const bool apart = step.is_false("train") && (first || step.is_false("batch_first")) &&
                     x->lay.dim == (first ? 0 : 1) && begins_with(*state, states);
  if (!apart) return std::nullopt;
  std::vector<RowLay> lays(step.made().size(), states);
  lays[0] = x->lay;
  return lays;
}

// Without a mask, or with one that is the same for all or comes with each request.
RowLays attention(const RowStep& step) {
  const auto *q = step.rows("query"), *k = step.rows("key"), *v = step.rows("value"), *mask = step.find("attn_mask");
  if (q == nullptr || k == nullptr || v == nullptr || mask == nullptr) return std::nullopt;
  const auto rank = rank_of(*q);
  const bool alike_all = q->lay == k->lay && q->lay == v->lay && rank_of(*k) == rank && rank_of(*v) == rank;
  const auto* dropout_p = step.find("dropout_p");
  const bool settled = dropout_p != nullptr && dropout_p->value.isDouble() && dropout_p->value.toDouble() == 0;
  const bool apart = alike_all && settled && q->lay.dim < rank - 2 && goes_with(q->lay, rank, *mask) &&
                     step.rest_is_same({q, k, v, mask});
  return apart ? alike(step, q->lay) : std::nullopt;
}

}  // namespace

RowLays lays_after_kernel(const RowStep& step) {
  const auto* x = step.rows();
  if (x == nullptr || step.given().size() > 2) return std::nullopt;
  const auto rank = rank_of(*x);
  if (step.made()[0].toTensor().dim() != rank) return std::nullopt;
  if (!kernels::kernel_of(step.node())->keeps_apart(x->lay.dim, rank)) return std::nullopt;
  if (step.given().size() == 2 && !goes_with(x->lay, rank, step.given()[1])) return std::nullopt;
  return alike(step, x->lay);
}

void add_layer_rules(RowRules& rules) {
  for (const auto* kind :
       {"aten::linear", "quantized::linear", "quantized::linear_relu", "prepacked::linear_clamp_run"})
    rules.emplace(kind, linear);
  for (const auto* kind : {"aten::matmul", "aten::mm", "aten::bmm"}) rules.emplace(kind, product_of_two);
  for (const auto* kind : {"aten::addmm", "aten::baddbmm"}) rules.emplace(kind, sum_with_product);
  for (const auto* kind : {"aten::conv1d", "aten::conv2d", "aten::conv3d", "aten::_convolution", "aten::convolution",
                           "aten::conv_transpose1d", "aten::conv_transpose2d", "aten::conv_transpose3d"})
    rules.emplace(kind, convolution);
  for (const auto* kind : {"quantized::conv2d", "quantized::conv2d_relu", "prepacked::conv2d_clamp_run"})
    rules.emplace(kind, convolution_of_images);
  rules.emplace("aten::batch_norm", batch_norm);
  rules.emplace("aten::instance_norm", instance_norm);
  rules.emplace("aten::group_norm", group_norm);
  rules.emplace("aten::layer_norm", layer_norm);
  for (const auto* kind : {"aten::lstm", "aten::gru", "aten::rnn_tanh", "aten::rnn_relu"})
    rules.emplace(kind, recurrent);
  rules.emplace("aten::scaled_dot_product_attention", attention);
}

}  // namespace tideline::rows
