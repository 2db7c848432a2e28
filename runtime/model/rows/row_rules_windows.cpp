// Rules for operators that work along the last dimensions only, and do the same at every position of the others.
#include "runtime/model/rows/row_rules.h"

namespace tideline::rows {
namespace {

template <std::int64_t kLast>
RowLays along_the_last(const RowStep& step) {
  const auto* x = step.rows();
  if (x == nullptr || !step.rest_is_same(x) || x->lay.dim >= rank_of(*x) - kLast) return std::nullopt;
  return alike(step, x->lay);
}

// With one dimension less, the tensor would be a single image.
template <std::int64_t kRank>
RowLays of_rank(const RowStep& step) {
  const auto* x = step.rows();
  if (x == nullptr || !step.rest_is_same(x) || x->lay.dim != 0 || rank_of(*x) != kRank) return std::nullopt;
  return alike(step, x->lay);
}

// Two numbers for each of the last dimensions.
RowLays pad(const RowStep& step) {
  const auto* x = step.rows("self");
  const auto border = step.wholes("pad");
  if (x == nullptr || !border || !step.rest_is_same(x)) return std::nullopt;
  const auto last = static_cast<std::int64_t>((border->size() + 1) / 2);
  return x->lay.dim < rank_of(*x) - last ? alike(step, x->lay) : std::nullopt;
}

// The channels are dimension 1.
RowLays channel_shuffle(const RowStep& step) {
  const auto* x = step.rows();
  if (x == nullptr || !step.rest_is_same(x) || x->lay.dim == 1) return std::nullopt;
  return alike(step, x->lay);
}

}  // namespace

void add_window_rules(RowRules& rules) {
  for (const auto* kind : {"aten::max_pool1d", "aten::max_pool1d_with_indices", "aten::avg_pool1d",
                           "aten::adaptive_avg_pool1d", "aten::adaptive_max_pool1d", "aten::upsample_nearest1d",
                           "aten::upsample_linear1d", "aten::reflection_pad1d", "aten::replication_pad1d"})
    rules.emplace(kind, along_the_last<1>);
  for (const auto* kind :
       {"aten::max_pool2d", "aten::max_pool2d_with_indices", "aten::avg_pool2d", "aten::adaptive_avg_pool2d",
        "aten::adaptive_max_pool2d", "aten::upsample_nearest2d", "aten::upsample_bilinear2d",
        "aten::upsample_bicubic2d", "aten::_upsample_nearest_exact2d", "aten::_upsample_bilinear2d_aa",
        "aten::reflection_pad2d", "aten::replication_pad2d", "aten::tril", "aten::triu"})
    rules.emplace(kind, along_the_last<2>);
  for (const auto* kind :
       {"aten::max_pool3d", "aten::max_pool3d_with_indices", "aten::avg_pool3d", "aten::adaptive_avg_pool3d",
        "aten::adaptive_max_pool3d", "aten::upsample_nearest3d", "aten::upsample_trilinear3d",
        "aten::replication_pad3d", "aten::pixel_shuffle", "aten::pixel_unshuffle"})
    rules.emplace(kind, along_the_last<3>);
  rules.emplace("aten::im2col", of_rank<4>);
  rules.emplace("aten::col2im", of_rank<3>);
  for (const auto* kind : {"aten::constant_pad_nd", "aten::pad"}) rules.emplace(kind, pad);
  rules.emplace("aten::channel_shuffle", channel_shuffle);
}

}  // namespace tideline::rows
