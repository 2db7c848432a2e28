// Rules for operators that reduce along given dimensions, or along all if none are given.
#include "runtime/model/rows/row_rules.h"

#include <algorithm>
#include <set>

namespace tideline::rows {
namespace {

// Returns the reduced dimensions; nothing if it reduces all, or if the requests lie along one of them.
std::optional<std::set<std::int64_t>> others(const RowStep& step) {
  const auto* x = step.rows();
  if (x == nullptr || !step.rest_is_same(x)) return std::nullopt;
  const auto dims = step.wholes(step.find("dim") != nullptr ? "dim" : "dims");
  if (!dims || dims->empty()) return std::nullopt;
  std::set<std::int64_t> along;
  for (const std::int64_t dim : *dims) {
    const auto at = from_front(dim, rank_of(*x));
    if (!at || *at == x->lay.dim) return std::nullopt;
    along.insert(*at);
  }
  return along;
}

RowLays along(const RowStep& step) {
  return others(step) ? alike(step, step.rows()->lay) : std::nullopt;
}

// The classes of each number become the last dimension. Without their number, it depends on the largest of all
// requests.
RowLays one_hot(const RowStep& step) {
  const auto* x = step.rows();
  const auto classes = step.whole("num_classes");
  return x != nullptr && classes && *classes > 0 ? alike(step, x->lay) : std::nullopt;
}

}  // namespace

RowLays lays_of_reduction(const RowStep& step) {
  const auto gone = others(step);
  if (!gone) return std::nullopt;
  const RowLay& lay = step.rows()->lay;
  if (step.is_true("keepdim")) return alike(step, lay);
  const auto before = std::count_if(gone->begin(), gone->end(), [&](auto dim) { return dim < lay.dim; });
  return alike(step, lay.at(lay.dim - before));
}

void add_reduction_rules(RowRules& rules) {
  for (const auto* kind : {"aten::sum",
                           "aten::mean",
                           "aten::amax",
                           "aten::amin",
                           "aten::prod",
                           "aten::std",
                           "aten::var",
                           "aten::std_mean",
                           "aten::var_mean",
                           "aten::norm",
                           "aten::logsumexp",
                           "aten::argmax",
                           "aten::argmin",
                           "aten::all",
                           "aten::any",
                           "aten::median",
                           "aten::nanmedian",
                           "aten::mode",
                           "aten::kthvalue",
                           "aten::nansum",
                           "aten::frobenius_norm",
                           "aten::linalg_vector_norm"})
    rules.emplace(kind, lays_of_reduction);
  for (const auto* kind : {"aten::softmax", "aten::log_softmax", "aten::_softmax", "aten::_log_softmax", "aten::cumsum",
                           "aten::cumprod", "aten::cummax", "aten::cummin", "aten::logcumsumexp", "aten::sort",
                           "aten::argsort", "aten::topk", "aten::flip", "aten::roll", "aten::glu"})
    rules.emplace(kind, along);
  rules.emplace("aten::one_hot", one_hot);
}

}  // namespace tideline::rows
