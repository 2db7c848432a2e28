// Rules for operators that select numbers by index.
#include "runtime/model/rows/row_rules.h"

namespace tideline::rows {
namespace {

using Given = RowStep::Given;

// Selects rows of one table that is the same for all requests.
RowLays embedding(const RowStep& step) {
  const auto *table = step.find("weight"), *places = step.rows("indices");
  if (table == nullptr || places == nullptr || !step.rest_is_same(places)) return std::nullopt;
  return alike(step, places->lay);
}

// Replaces dimension `dim` of `from` by all dimensions of `places`.
std::optional<RowLay> chosen(const Given& from, std::int64_t dim, const Given& places) {
  if (from.lay.is_same() && places.lay.is_rows()) return places.lay.at(places.lay.dim + dim);
  if (!from.lay.is_rows() || !places.lay.is_same() || dim == from.lay.dim) return std::nullopt;
  return from.lay.at(from.lay.dim < dim ? from.lay.dim : from.lay.dim - 1 + rank_of(places));
}

bool is_place(const at::Tensor& tensor) {
  return tensor.scalar_type() == at::kLong || tensor.scalar_type() == at::kInt;
}

RowLays index_select(const RowStep& step) {
  const auto *self = step.find("self"), *places = step.find("index");
  const auto dim = step.whole("dim");
  if (self == nullptr || places == nullptr || !dim || rank_of(*places) != 1) return std::nullopt;
  const auto at = from_front(*dim, rank_of(*self));
  const auto lay = at ? chosen(*self, *at, *places) : std::nullopt;
  return lay ? alike(step, *lay) : std::nullopt;
}

// Indexing with whole numbers along one dimension. (The result size of a mask would depend on the data.)
RowLays index(const RowStep& step) {
  const auto *self = step.find("self"), *indices = step.find("indices");
  if (self == nullptr || indices == nullptr || !self->value.isTensor()) return std::nullopt;
  const auto lays = parts_of(*indices);
  const auto places = indices->value.toListRef();
  std::optional<RowLay> lay;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i].isNone() || !places[i].toTensor().defined()) continue;
    if (lay || !is_place(places[i].toTensor())) return std::nullopt;
    lay = chosen(*self, static_cast<std::int64_t>(i), {places[i], lays[i]});
    if (!lay) return std::nullopt;
  }
  return lay ? alike(step, *lay) : std::nullopt;
}

// Selects from each row by that row's indices.
RowLays gather(const RowStep& step) {
  const auto *self = step.rows("self"), *places = step.rows("index");
  const auto dim = step.whole("dim");
  if (self == nullptr || places == nullptr || !dim || !step.rest_is_same({self, places})) return std::nullopt;
  const auto at = from_front(*dim, rank_of(*self));
  const bool apart = at && *at != self->lay.dim && self->lay == places->lay && rank_of(*self) == rank_of(*places);
  return apart ? alike(step, self->lay) : std::nullopt;
}

}  // namespace

void add_choice_rules(RowRules& rules) {
  rules.emplace("aten::embedding", embedding);
  rules.emplace("aten::index_select", index_select);
  rules.emplace("aten::index", index);
  rules.emplace("aten::gather", gather);
}

}  // namespace tideline::rows
