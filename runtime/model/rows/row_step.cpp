#include "runtime/model/rows/row_step.h"

#include <algorithm>
#include <utility>

namespace tideline::rows {

RowStep::RowStep(const torch::jit::Node& node, std::vector<Given> given, std::vector<at::IValue> made,
                 std::int64_t count)
    : node_(node), given_(std::move(given)), made_(std::move(made)), count_(count) {}

const RowStep::Given* RowStep::find(std::string_view name) const {
  const auto* schema = node_.maybeSchema();
  if (schema == nullptr) return nullptr;
  const auto& arguments = schema->arguments();
  for (std::size_t i = 0; i < std::min(arguments.size(), given_.size()); ++i)
    if (arguments[i].name() == name) return &given_[i];
  return nullptr;
}

const RowStep::Given* RowStep::rows(std::string_view name) const {
  const Given* const found = find(name);
  return found != nullptr && found->value.isTensor() && found->lay.is_rows() ? found : nullptr;
}

const RowStep::Given* RowStep::rows() const {
  const bool are = !given_.empty() && given_[0].value.isTensor() && given_[0].lay.is_rows();
  return are ? &given_[0] : nullptr;
}

bool RowStep::rest_is_same(const Given* but) const {
  return rest_is_same({but});
}

bool RowStep::rest_is_same(std::initializer_list<const Given*> but) const {
  return std::all_of(given_.begin(), given_.end(), [&](const Given& given) {
    return given.lay.is_same() || std::find(but.begin(), but.end(), &given) != but.end();
  });
}

std::optional<std::int64_t> RowStep::whole(std::string_view name) const {
  const Given* const found = find(name);
  if (found == nullptr || !found->lay.is_same() || !found->value.isInt()) return std::nullopt;
  return found->value.toInt();
}

std::optional<std::vector<std::int64_t>> RowStep::wholes(std::string_view name) const {
  if (const auto one = whole(name)) return std::vector<std::int64_t>{*one};
  const Given* const found = find(name);
  if (found == nullptr || !found->lay.is_same() || !found->value.isIntList()) return std::nullopt;
  return found->value.toIntVector();
}

bool RowStep::is_true(std::string_view name) const {
  const Given* const found = find(name);
  return found != nullptr && found->lay.is_same() && found->value.isBool() && found->value.toBool();
}

bool RowStep::is_false(std::string_view name) const {
  const Given* const found = find(name);
  return found != nullptr && found->lay.is_same() && found->value.isBool() && !found->value.toBool();
}

bool RowStep::is_none(std::string_view name) const {
  const Given* const found = find(name);
  return found == nullptr || found->value.isNone();
}

std::optional<std::vector<RowStep::Size>> RowStep::sizes(std::string_view name) const {
  const Given* const found = find(name);
  if (found == nullptr || !found->value.isIntList()) return std::nullopt;
  const auto numbers = found->value.toIntVector();
  const auto lays = parts_of(*found);
  std::vector<Size> sizes;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (!lays[i].is_same() && !lays[i].is_count()) return std::nullopt;
    sizes.push_back(lays[i].is_count() ? Size{lays[i].inner, true} : Size{numbers[i], false});
  }
  return sizes;
}

std::vector<RowLay> parts_of(const RowStep::Given& list) {
  if (list.lay.of == RowLay::Of::parts) return list.lay.parts;
  const auto size = list.value.isTuple() ? list.value.toTupleRef().elements().size() : list.value.toListRef().size();
  return std::vector<RowLay>(size);
}

std::optional<std::int64_t> from_front(std::int64_t dim, std::int64_t rank) {
  const std::int64_t at = dim < 0 ? dim + rank : dim;
  return at < 0 || at >= rank ? std::nullopt : std::optional<std::int64_t>(at);
}

}  // namespace tideline::rows
