// Rules for operators that permute, remove or add dimensions of a tensor.
#include "runtime/model/rows/row_rules.h"

#include <algorithm>

namespace tideline::rows {
namespace {

RowLays transpose(const RowStep& step) {
  const auto* x = step.rows();
  const auto first = step.whole("dim0"), second = step.whole("dim1");
  if (x == nullptr || !first || !second) return std::nullopt;
  const auto a = from_front(*first, rank_of(*x)), b = from_front(*second, rank_of(*x));
  if (!a || !b) return std::nullopt;
  const std::int64_t dim = x->lay.dim;
  return alike(step, x->lay.at(dim == *a ? *b : dim == *b ? *a : dim));
}

RowLays permute(const RowStep& step) {
  const auto* x = step.rows();
  const auto dims = step.wholes("dims");
  if (x == nullptr || !dims) return std::nullopt;
  for (std::size_t i = 0; i < dims->size(); ++i)
    if (from_front((*dims)[i], rank_of(*x)) == x->lay.dim) return alike(step, x->lay.at(static_cast<std::int64_t>(i)));
  return std::nullopt;
}

// Reverses all dimensions; at most two.
RowLays t(const RowStep& step) {
  const auto* x = step.rows();
  if (x == nullptr || rank_of(*x) > 2) return std::nullopt;
  return alike(step, x->lay.at(rank_of(*x) - 1 - x->lay.dim));
}

RowLays unsqueeze(const RowStep& step) {
  const auto* x = step.rows();
  const auto dim = step.whole("dim");
  const auto at = x != nullptr && dim ? from_front(*dim, rank_of(*x) + 1) : std::nullopt;
  return at ? alike(step, x->lay.at(x->lay.dim + (*at <= x->lay.dim ? 1 : 0))) : std::nullopt;
}

// Without a dimension, it would remove a batch of one.
RowLays squeeze(const RowStep& step) {
  const auto* x = step.rows();
  const auto dims = step.wholes("dim");
  if (x == nullptr || !dims || dims->empty()) return std::nullopt;
  std::int64_t before = 0;
  for (const std::int64_t dim : *dims) {
    const auto at = from_front(dim, rank_of(*x));
    if (!at || *at == x->lay.dim) return std::nullopt;
    if (*at < x->lay.dim && x->value.toTensor().size(*at) == 1) ++before;
  }
  return alike(step, x->lay.at(x->lay.dim - before));
}

// Along another dimension than that of the requests, or over its full length.
RowLays slice(const RowStep& step) {
  const auto* x = step.rows();
  const auto dim = step.whole("dim");
  if (x == nullptr || !dim || !step.rest_is_same(x)) return std::nullopt;
  const auto at = from_front(*dim, rank_of(*x));
  if (!at) return std::nullopt;
  const bool from_begin = step.is_none("start") || step.whole("start") == 0;
  const bool to_end = step.is_none("end") || step.whole("end") == INT64_MAX;
  const bool all = from_begin && to_end && step.whole("step") == 1;
  return *at != x->lay.dim || all ? alike(step, x->lay) : std::nullopt;
}

// Returns the dimension that it splits; nothing if the requests lie along it.
std::optional<std::int64_t> another_dim(const RowStep& step) {
  const auto* x = step.rows();
  const auto dim = step.whole("dim");
  if (x == nullptr || !dim || !step.rest_is_same(x)) return std::nullopt;
  const auto at = from_front(*dim, rank_of(*x));
  return at && *at != x->lay.dim ? at : std::nullopt;
}

RowLays narrow(const RowStep& step) {
  return another_dim(step) ? alike(step, step.rows()->lay) : std::nullopt;
}

RowLays select(const RowStep& step) {
  const auto dim = another_dim(step);
  if (!dim) return std::nullopt;
  const RowLay& lay = step.rows()->lay;
  return alike(step, lay.at(lay.dim - (*dim < lay.dim ? 1 : 0)));
}

RowLays list_of(const RowStep& step, const RowLay& lay) {
  if (step.made().size() != 1 || !step.made()[0].isTensorList()) return std::nullopt;
  return alike(step, RowLay::list(std::vector<RowLay>(step.made()[0].toListRef().size(), lay)));
}

RowLays split(const RowStep& step) {
  return another_dim(step) ? list_of(step, step.rows()->lay) : std::nullopt;
}

RowLays unbind(const RowStep& step) {
  const auto lays = select(step);
  return lays ? list_of(step, lays->front()) : std::nullopt;
}

// The same as chunk(), with its numbers as attributes of the node.
RowLays constant_chunk(const RowStep& step) {
  const auto* x = step.rows();
  if (x == nullptr) return std::nullopt;
  const auto at = from_front(step.node().i(at::attr::dim), rank_of(*x));
  return at && *at != x->lay.dim ? alike(step, x->lay) : std::nullopt;
}

// Requires the same lay and rank of all tensors: cat() skips an empty tensor of rank one.
const RowStep::Given* all_alike(const RowStep& step, RowLay& lay, std::int64_t& rank) {
  const auto* tensors = step.find("tensors");
  if (tensors == nullptr || !tensors->value.isTensorList() || !step.rest_is_same(tensors)) return nullptr;
  const auto lays = parts_of(*tensors);
  const auto values = tensors->value.toTensorVector();
  if (lays.empty() || !lays[0].is_rows()) return nullptr;
  lay = lays[0];
  rank = values[0].dim();
  for (std::size_t i = 0; i < lays.size(); ++i)
    if (!(lays[i] == lay) || values[i].dim() != rank) return nullptr;
  return tensors;
}

RowLays cat(const RowStep& step) {
  RowLay lay;
  std::int64_t rank = 0;
  const auto dim = step.whole("dim");
  if (!dim || all_alike(step, lay, rank) == nullptr) return std::nullopt;
  const auto at = from_front(*dim, rank);
  return at && *at != lay.dim ? alike(step, lay) : std::nullopt;
}

RowLays stack(const RowStep& step) {
  RowLay lay;
  std::int64_t rank = 0;
  const auto dim = step.whole("dim");
  if (!dim || all_alike(step, lay, rank) == nullptr) return std::nullopt;
  const auto at = from_front(*dim, rank + 1);
  return at ? alike(step, lay.at(lay.dim + (*at <= lay.dim ? 1 : 0))) : std::nullopt;
}

}  // namespace

void add_move_rules(RowRules& rules) {
  rules.emplace("aten::transpose", transpose);
  rules.emplace("aten::permute", permute);
  for (const auto* kind : {"aten::t", "aten::numpy_T"}) rules.emplace(kind, t);
  rules.emplace("aten::unsqueeze", unsqueeze);
  rules.emplace("aten::squeeze", squeeze);
  rules.emplace("aten::slice", slice);
  rules.emplace("aten::narrow", narrow);
  rules.emplace("aten::select", select);
  for (const auto* kind : {"aten::chunk", "aten::split", "aten::split_with_sizes", "aten::tensor_split"})
    rules.emplace(kind, split);
  rules.emplace("aten::unbind", unbind);
  rules.emplace("prim::ConstantChunk", constant_chunk);
  for (const auto* kind : {"aten::cat", "aten::concat", "aten::concatenate"}) rules.emplace(kind, cat);
  rules.emplace("aten::stack", stack);
}

}  // namespace tideline::rows
