// Rules for operators that reshape a tensor, make one of a given shape, or read a shape.
#include "runtime/model/rows/row_rules.h"

#include <algorithm>
#include <numeric>

namespace tideline::rows {
namespace {

using Given = RowStep::Given;
using Size = RowStep::Size;

std::int64_t product(at::IntArrayRef sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), std::int64_t{1}, std::multiplies<>());
}

// In row-major order, a tensor consists of `before` blocks; in each, every request has `behind` consecutive numbers.
// That holds in any shape. So the requests lie along the one dimension that starts within a block and ends with a whole
// number of blocks. REQUIRES: at least two requests; otherwise several dimensions may fit.
std::optional<RowLay> reshaped(const RowLay& lay, at::IntArrayRef from, at::IntArrayRef to, std::int64_t count) {
  const auto at = static_cast<std::size_t>(lay.dim);
  const std::int64_t before = product(from.slice(0, at)) * lay.outer, behind = lay.inner * product(from.slice(at + 1));
  for (std::size_t i = 0; i < to.size(); ++i) {
    const std::int64_t ahead = product(to.slice(0, i)), rest = product(to.slice(i + 1));
    if (ahead == 0 || rest == 0 || before % ahead != 0 || behind % rest != 0) continue;
    const RowLay found = RowLay::along(static_cast<std::int64_t>(i), before / ahead, behind / rest);
    if (to[i] == found.alone() * count) return found;
  }
  return std::nullopt;
}

std::optional<RowLay> reshaped(const RowStep& step, const Given& x) {
  if (step.count() < 2 || !step.made()[0].isTensor()) return std::nullopt;
  return reshaped(x.lay, x.value.toTensor().sizes(), step.made()[0].toTensor().sizes(), step.count());
}

// Returns true iff the written sizes are right for any number of requests: the size along which they lie grows with
// them or is inferred (-1), and no other grows.
bool grows_along(const std::vector<Size>& sizes, const RowLay& lay) {
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const bool along = static_cast<std::int64_t>(i) == lay.dim;
    const bool left = !sizes[i].counts && sizes[i].value == -1;
    if (along && !left && !(sizes[i].counts && sizes[i].value == lay.alone())) return false;
    if (!along && sizes[i].counts) return false;
  }
  return lay.dim < static_cast<std::int64_t>(sizes.size());
}

RowLays reshape_by(const RowStep& step, std::string_view argument) {
  const auto* x = step.rows();
  const auto sizes = step.sizes(argument);
  if (x == nullptr || !sizes || !step.rest_is_same({x, step.find(argument)})) return std::nullopt;
  const auto lay = reshaped(step, *x);
  return lay && grows_along(*sizes, *lay) ? alike(step, *lay) : std::nullopt;
}

RowLays view(const RowStep& step) {
  return reshape_by(step, "size");
}

RowLays reshape(const RowStep& step) {
  return reshape_by(step, "shape");
}

// Sizes that always follow from those of the tensor.
RowLays flatten(const RowStep& step) {
  const auto* x = step.rows();
  if (x == nullptr || !step.rest_is_same(x)) return std::nullopt;
  const auto lay = reshaped(step, *x);
  return lay ? alike(step, *lay) : std::nullopt;
}

// Splits a dimension along which the requests do not lie.
RowLays unflatten(const RowStep& step) {
  const auto* x = step.rows();
  const auto dim = step.whole("dim");
  if (x == nullptr || !dim || from_front(*dim, rank_of(*x)) == x->lay.dim) return std::nullopt;
  return flatten(step);
}

RowLays reshape_as(const RowStep& step) {
  const auto *x = step.rows("self"), *other = step.rows("other");
  if (x == nullptr || other == nullptr) return std::nullopt;
  const auto lay = reshaped(step, *x);
  const bool grows = lay && lay->dim == other->lay.dim && lay->alone() == other->lay.alone();
  return grows ? alike(step, *lay) : std::nullopt;
}

// Returns the position of the only size that grows; nothing if there are several.
std::optional<std::size_t> growing(const std::vector<Size>& sizes) {
  const auto counts = [](const Size& size) { return size.counts; };
  const auto at = std::find_if(sizes.begin(), sizes.end(), counts);
  if (at == sizes.end() || std::count_if(sizes.begin(), sizes.end(), counts) != 1) return std::nullopt;
  return static_cast<std::size_t>(at - sizes.begin());
}

// Returns the tensor's size at dimension `place` of a shape of `rank` dimensions, if their last dimensions are aligned;
// one if it has no such dimension.
std::int64_t size_among(const at::Tensor& tensor, std::size_t place, std::size_t rank) {
  const auto at = static_cast<std::int64_t>(place) + tensor.dim() - static_cast<std::int64_t>(rank);
  return at < 0 ? 1 : tensor.size(at);
}

// Every request gets the same numbers, `times` of `each`.
RowLay repeated(std::size_t place, const Size& times, std::int64_t each) {
  return RowLay::along(static_cast<std::int64_t>(place), 1, times.value * each);
}

RowLays expand(const RowStep& step) {
  const auto *self = step.find("self"), *size = step.find("size");
  const auto sizes = step.sizes("size");
  if (self == nullptr || !sizes || !step.rest_is_same({self, size})) return std::nullopt;
  if (self->lay.is_rows()) {
    const RowLay lay = self->lay.at(self->lay.dim + static_cast<std::int64_t>(sizes->size()) - rank_of(*self));
    return grows_along(*sizes, lay) ? alike(step, lay) : std::nullopt;
  }
  const auto at = growing(*sizes);
  if (!at || !self->lay.is_same() || size_among(self->value.toTensor(), *at, sizes->size()) != 1) return std::nullopt;
  return alike(step, repeated(*at, (*sizes)[*at], 1));
}

RowLays repeat(const RowStep& step) {
  const auto *self = step.find("self"), *repeats = step.find("repeats");
  const auto sizes = step.sizes("repeats");
  if (self == nullptr || !sizes || !step.rest_is_same({self, repeats})) return std::nullopt;
  const auto at = growing(*sizes);
  if (self->lay.is_rows()) {
    const auto dim = self->lay.dim + static_cast<std::int64_t>(sizes->size()) - rank_of(*self);
    const bool once = dim >= 0 && !at && repeats->lay.is_same() && (*sizes)[static_cast<std::size_t>(dim)].value == 1;
    return once ? alike(step, self->lay.at(dim)) : std::nullopt;
  }
  if (!at || !self->lay.is_same()) return std::nullopt;
  return alike(step, repeated(*at, (*sizes)[*at], size_among(self->value.toTensor(), *at, sizes->size())));
}

// Fills with one number.
RowLays filled(const RowStep& step) {
  const auto *like = step.find("self"), *size = step.find("size");
  const auto sizes = step.sizes("size");
  if (!sizes || !step.rest_is_same({like, size})) return std::nullopt;
  if (like != nullptr && !like->lay.is_rows() && !like->lay.is_same()) return std::nullopt;
  if (size->lay.is_same()) return alike(step, {});
  const auto at = growing(*sizes);
  return at ? alike(step, repeated(*at, (*sizes)[*at], 1)) : std::nullopt;
}

RowLays size(const RowStep& step) {
  const auto* x = step.rows();
  if (x == nullptr || !step.rest_is_same(x)) return std::nullopt;
  std::vector<RowLay> sizes(static_cast<std::size_t>(rank_of(*x)));
  sizes[static_cast<std::size_t>(x->lay.dim)] = RowLay::times(x->lay.alone());
  if (step.find("dim") == nullptr) return alike(step, RowLay::list(std::move(sizes)));
  const auto dim = step.whole("dim");
  const auto at = dim ? from_front(*dim, rank_of(*x)) : std::nullopt;
  return at ? alike(step, sizes[static_cast<std::size_t>(*at)]) : std::nullopt;
}

RowLays numel(const RowStep& step) {
  const auto* x = step.rows();
  if (x == nullptr) return std::nullopt;
  return alike(step, RowLay::times(x->value.toTensor().numel() / step.count()));
}

}  // namespace

void add_shape_rules(RowRules& rules) {
  for (const auto* kind : {"aten::view", "aten::_unsafe_view"}) rules.emplace(kind, view);
  rules.emplace("aten::reshape", reshape);
  rules.emplace("aten::flatten", flatten);
  rules.emplace("aten::unflatten", unflatten);
  for (const auto* kind : {"aten::view_as", "aten::reshape_as"}) rules.emplace(kind, reshape_as);
  rules.emplace("aten::expand", expand);
  rules.emplace("aten::repeat", repeat);
  for (const auto* kind :
       {"aten::zeros", "aten::ones", "aten::full", "aten::new_zeros", "aten::new_ones", "aten::new_full"})
    rules.emplace(kind, filled);
  rules.emplace("aten::size", size);
  rules.emplace("aten::numel", numel);
}

}  // namespace tideline::rows
