#include "policy/table/json_fields.h"

#include "policy/table/input_limits.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

namespace tideline::table {
namespace {

using nlohmann::json;

const json& nothing() {
  static const json kEmpty = json::object();
  return kEmpty;
}

std::string shortened(std::string text, std::size_t most) {
  if (text.size() > most) text = text.substr(0, most) + "...";
  return text;
}

// Names structured values instead of printing them: printing recurses, and the sender chooses the depth.
std::string shown(const json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array";
  return shortened(value.dump(-1, ' ', true, json::error_handler_t::replace), 60);
}

}  // namespace

JsonFields::JsonFields(const json& value, std::string path, std::optional<Error>& fault)
    : value_(&value), path_(std::move(path)), fault_(&fault) {
  if (value.is_object()) return;
  if (!fault) fault = error(ErrorKind::invalid, "{}: {} is not an object", path_.empty() ? "top" : path_, shown(value));
  value_ = &nothing();
}

bool JsonFields::has(std::string_view key) const {
  return value_->find(key) != value_->end();
}

const json* JsonFields::find(std::string_view key) {
  asked_.emplace_back(key);
  if (*fault_) return nullptr;
  const auto found = value_->find(key);
  if (found != value_->end()) return &*found;
  fail(key, "is missing");
  return nullptr;
}

void JsonFields::fail(std::string_view key, std::string message) {
  if (!*fault_) *fault_ = Error{ErrorKind::invalid, std::move(message)}.within(path_to(path_, key));
}

std::string JsonFields::text(std::string_view key) {
  const json* value = find(key);
  if (!value) return {};
  if (value->is_string()) return value->get<std::string>();
  fail(key, fmt::format("{} is not a text", shown(*value)));
  return {};
}

std::uint64_t JsonFields::whole(std::string_view key, std::uint64_t least, std::uint64_t most) {
  const json* value = find(key);
  if (!value) return least;
  if (value->is_number_unsigned())
    if (const auto number = value->get<std::uint64_t>(); number >= least && number <= most) return number;
  fail(key, fmt::format("{} is not a whole number from {} to {}", shown(*value), least, most));
  return least;
}

std::vector<std::uint64_t> JsonFields::wholes(std::string_view key, std::size_t most, std::uint64_t greatest) {
  std::vector<std::uint64_t> numbers;
  const json* value = find(key);
  if (!value) return numbers;
  const auto fits = [greatest](const json& v) { return v.is_number_unsigned() && v.get<std::uint64_t>() <= greatest; };
  if (!value->is_array() || value->size() > most || !std::all_of(value->begin(), value->end(), fits)) {
    fail(key, fmt::format("is not an array of at most {} whole numbers from 0 to {}", most, greatest));
    return numbers;
  }
  for (const json& number : *value) numbers.push_back(number.get<std::uint64_t>());
  return numbers;
}

double JsonFields::number(std::string_view key) {
  const json* value = find(key);
  if (!value) return 1;
  if (value->is_number()) return value->get<double>();
  fail(key, fmt::format("{} is not a number", shown(*value)));
  return 1;
}

bool JsonFields::boolean(std::string_view key) {
  const json* value = find(key);
  if (!value) return false;
  if (value->is_boolean()) return value->get<bool>();
  fail(key, fmt::format("{} is not true or false", shown(*value)));
  return false;
}

Duration JsonFields::time(std::string_view key) {
  const json* value = find(key);
  if (!value) return {};
  const bool small = !value->is_number_unsigned() ||
                     value->get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  if (value->is_number_integer() && small) return Duration(value->get<std::int64_t>());
  fail(key, fmt::format("{} is not a time; it must be nanoseconds from 0 to {}", shown(*value), kLongestTime.count()));
  return {};
}

std::vector<std::string> JsonFields::texts(std::string_view key) {
  std::vector<std::string> texts;
  const json* value = find(key);
  if (!value) return texts;
  if (!value->is_array() || !std::all_of(value->begin(), value->end(), [](const json& v) { return v.is_string(); })) {
    fail(key, "is not an array of texts");
    return texts;
  }
  for (const json& text : *value) texts.push_back(text.get<std::string>());
  return texts;
}

std::map<std::string, std::string> JsonFields::named_texts(std::string_view key) {
  std::map<std::string, std::string> texts;
  JsonFields fields = object(key);
  if (*fault_) return texts;
  for (const auto& [name, value] : fields.value_->items()) texts[name] = fields.text(name);
  return texts;
}

JsonFields JsonFields::object(std::string_view key) {
  const json* value = find(key);
  return {value ? *value : nothing(), path_to(path_, key), *fault_};
}

std::vector<JsonFields> JsonFields::objects(std::string_view key, std::size_t most) {
  std::vector<JsonFields> children;
  const json* value = find(key);
  if (!value) return children;
  if (!value->is_array() || value->size() > most) {
    fail(key, fmt::format("is not an array of at most {} objects", most));
    return children;
  }
  children.reserve(value->size());
  for (const json& child : *value)
    children.emplace_back(child, fmt::format("{}[{}]", path_to(path_, key), children.size()), *fault_);
  return children;
}

void JsonFields::end() {
  if (*fault_) return;
  for (const auto& [key, value] : value_->items())
    if (std::find(asked_.begin(), asked_.end(), key) == asked_.end())
      return fail(shortened(key, 60), "is not a field of this version of the format; remove it");
}

void JsonFields::note(const Result<void>& checked) {
  if (!*fault_ && !checked) *fault_ = checked.error();
}

}  // namespace tideline::table
