// Rules for lists, tuples, properties of a tensor's type, and arithmetic with the number of requests.
#include "runtime/model/rows/row_rules.h"

#include <algorithm>
#include <cmath>

namespace tideline::rows {
namespace {

using Given = RowStep::Given;

RowLays construct(const RowStep& step) {
  std::vector<RowLay> parts;
  for (const Given& given : step.given()) parts.push_back(given.lay);
  return alike(step, RowLay::list(std::move(parts)));
}

RowLays unpack(const RowStep& step) {
  return step.given().size() == 1 ? RowLays(parts_of(step.given()[0])) : std::nullopt;
}

// Selects one part of a list by its position.
RowLays item(const RowStep& step) {
  const auto& given = step.given();
  if (given.size() != 2 || !(given[0].value.isList() || given[0].value.isTuple())) return std::nullopt;
  if (!given[1].lay.is_same() || !given[1].value.isInt()) return std::nullopt;
  const auto parts = parts_of(given[0]);
  const auto at = from_front(given[1].value.toInt(), static_cast<std::int64_t>(parts.size()));
  return at ? alike(step, parts[static_cast<std::size_t>(*at)]) : std::nullopt;
}

// Results that follow from the type of a value, or from its number of dimensions or parts.
RowLays about_its_type(const RowStep& step) {
  for (const Given& given : step.given())
    if (given.lay.is_count()) return std::nullopt;
  return alike(step, {});
}

RowLays length(const RowStep& step) {
  const auto& given = step.given();
  return given.size() == 1 && given[0].value.isList() ? alike(step, {}) : std::nullopt;
}

RowLays as_it_is(const RowStep& step) {
  const bool counts = step.given().size() == 1 && step.given()[0].lay.is_count();
  return counts ? alike(step, step.given()[0].lay) : std::nullopt;
}

RowLays same_value(const RowStep& step) {
  return alike(step, step.given()[0].lay);
}

// Returns a whole number, from a tensor or not; zero if there is none.
std::int64_t number(const at::IValue& value) {
  if (value.isInt()) return value.toInt();
  if (!value.isTensor() || value.toTensor().dim() != 0) return 0;
  return at::isIntegralType(value.toTensor().scalar_type(), false) ? value.toTensor().item<std::int64_t>() : 0;
}

RowLays times(const Given& a, const Given& b, const RowStep& step) {
  const Given& count = a.lay.is_count() ? a : b;
  const Given& other = a.lay.is_count() ? b : a;
  const std::int64_t factor = other.lay.is_same() ? number(other.value) : 0;
  return factor > 0 ? alike(step, RowLay::times(count.lay.inner * factor)) : std::nullopt;
}

// Division without remainder: the rounding then does not matter, unless the result is a fraction.
RowLays over(const Given& a, const Given& b, const RowStep& step) {
  const std::int64_t by = a.lay.is_count() && b.lay.is_same() ? number(b.value) : 0;
  if (by <= 0 || a.lay.inner % by != 0) return std::nullopt;
  return alike(step, RowLay::times(a.lay.inner / by));
}

bool divides_to_whole_numbers(const RowStep& step) {
  const auto kind = std::string_view(step.node().kind().toQualString());
  if (kind == "aten::floordiv" || kind == "aten::floor_divide") return true;
  return kind == "aten::div" && step.find("rounding_mode") != nullptr && !step.is_none("rounding_mode");
}

}  // namespace

// Whether two such numbers are equal does not depend on the number of requests.
RowLays lays_of_counts(const RowStep& step) {
  const auto& given = step.given();
  if (given.size() < 2) return std::nullopt;
  for (std::size_t i = 2; i < given.size(); ++i)
    if (!given[i].lay.is_same()) return std::nullopt;
  const auto kind = std::string_view(step.node().kind().toQualString());
  if (kind == "aten::mul") return times(given[0], given[1], step);
  if (divides_to_whole_numbers(step)) return over(given[0], given[1], step);
  const bool both = given[0].lay.is_count() && given[1].lay.is_count();
  return (kind == "aten::eq" || kind == "aten::ne") && both ? alike(step, {}) : std::nullopt;
}

void add_list_rules(RowRules& rules) {
  for (const auto* kind : {"prim::ListConstruct", "prim::TupleConstruct"}) rules.emplace(kind, construct);
  for (const auto* kind : {"prim::ListUnpack", "prim::TupleUnpack"}) rules.emplace(kind, unpack);
  for (const auto* kind : {"aten::__getitem__", "prim::TupleIndex"}) rules.emplace(kind, item);
  for (const auto* kind :
       {"aten::dim", "prim::dtype", "prim::device", "prim::layout", "prim::is_cuda", "prim::is_quantized",
        "prim::is_sparse", "aten::is_floating_point", "aten::is_complex", "aten::__is__", "aten::__isnot__"})
    rules.emplace(kind, about_its_type);
  rules.emplace("aten::len", length);
  for (const auto* kind : {"aten::Int", "aten::IntImplicit", "aten::ScalarImplicit", "prim::NumToTensor"})
    rules.emplace(kind, as_it_is);
  for (const auto* kind : {"prim::unchecked_cast", "prim::unchecked_unwrap_optional", "aten::_unwrap_optional"})
    rules.emplace(kind, same_value);
  rules.emplace("aten::floordiv", lays_of_counts);
}

}  // namespace tideline::rows
