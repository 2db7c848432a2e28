#include "runtime/model/graph/input_specs.h"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tideline::graph {
namespace {

constexpr std::size_t kLongestText = 64 * 1024;
constexpr std::size_t kMostTensors = 64;

Error bad_json() {
  return error(
      ErrorKind::invalid,
      "inputs.json in the file is neither a list of tensors such as [\"fp32[1,3,224,224]\"], nor an object with "
      "such a list as \"inputs\" and names as \"outputs\"; give --input instead");
}

// Returns the strings of a list of at most kMostTensors.
Result<std::vector<std::string>> strings_of(const nlohmann::json& list) {
  if (!list.is_array() || list.empty() || list.size() > kMostTensors) return bad_json();
  std::vector<std::string> strings;
  for (const auto& item : list) {
    if (!item.is_string()) return bad_json();
    strings.push_back(item.get<std::string>());
  }
  return strings;
}

Result<void> read_inputs(const nlohmann::json& list, DescribedTensors& described) {
  const auto texts = strings_of(list);
  if (!texts) return texts.error();
  for (const std::string& text : *texts) {
    auto spec = parse_tensor_spec(text);
    if (!spec) return spec.error().within("inputs.json in the file");
    described.inputs.push_back(*std::move(spec));
  }
  return {};
}

Result<void> read_outputs(const nlohmann::json& list, DescribedTensors& described) {
  auto names = strings_of(list);
  if (!names) return names.error();
  for (const std::string& name : *names)
    if (const auto good = check_tensor_name(name); !good) return good.error().within("inputs.json in the file");
  described.outputs = *std::move(names);
  return {};
}

// Returns success iff no name occurs twice.
Result<void> check_distinct(std::string_view what, std::vector<std::string> names) {
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice == names.end()) return {};
  return error(ErrorKind::invalid, "two {}s are named '{}'; give each a name of its own", what, *twice);
}

}  // namespace

Result<DescribedTensors> parse_inputs_json(std::string_view text) {
  if (text.size() > kLongestText) return bad_json();
  const auto json = nlohmann::json::parse(text, nullptr, false);
  DescribedTensors described;
  if (json.is_array()) {
    if (const auto read = read_inputs(json, described); !read) return read.error();
    return described;
  }
  if (!json.is_object() || !json.contains("inputs") || json.size() > json.contains("outputs") + 1U) return bad_json();
  if (const auto read = read_inputs(json["inputs"], described); !read) return read.error();
  if (!json.contains("outputs")) return described;
  if (const auto read = read_outputs(json["outputs"], described); !read) return read.error();
  return described;
}

Result<std::vector<TensorSpec>> settle_inputs(const std::vector<TensorSpec>& given, std::string_view inputs_json,
                                              const std::vector<std::string>& names) {
  if (given.empty() && inputs_json.empty()) {
    return error(ErrorKind::invalid,
                 "the file does not describe the network's inputs; give its input's type and shape, for example "
                 "--input 'fp32[1,3,224,224]'");
  }
  std::vector<TensorSpec> specs = given;
  if (given.empty()) {
    auto described = parse_inputs_json(inputs_json);
    if (!described) return described.error();
    specs = std::move(described->inputs);
  }
  if (specs.size() != names.size()) {
    return error(
        ErrorKind::invalid,
        "the network takes {} tensor(s) ({}), but {} are described; describe each, as in --input 'fp32[1,8] int64[1]'",
        names.size(), fmt::join(names, ", "), specs.size());
  }
  std::vector<std::string> settled;
  for (std::size_t i = 0; i < names.size(); ++i) {
    TensorSpec& spec = specs[i];
    if (spec.name.empty()) spec.name = names[i];
    settled.push_back(spec.name);
    const auto bytes = byte_count(spec.dtype, at_batch(spec, 1).shape);
    if (!bytes) return bytes.error().within("input '" + spec.name + "'");
    if (any_batch(spec) != any_batch(specs.front())) {
      return error(ErrorKind::invalid,
                   "the batch of input '{}' varies, but that of another does not; write * as the first size of every "
                   "input, or of none",
                   any_batch(spec) ? spec.name : specs.front().name);
    }
  }
  if (const auto distinct = check_distinct("input", std::move(settled)); !distinct) return distinct.error();
  return specs;
}

Result<std::vector<std::string>> settle_outputs(const std::vector<std::string>& given, std::string_view inputs_json,
                                                const std::vector<std::string>& names) {
  std::vector<std::string> settled = given;
  if (settled.empty() && !inputs_json.empty()) {
    auto described = parse_inputs_json(inputs_json);
    // Without use for its inputs, a file that cannot be read is no fault: --input was given instead.
    if (described) settled = std::move(described->outputs);
  }
  if (settled.empty()) return names;
  if (settled.size() != names.size())
    return error(ErrorKind::invalid,
                 "the network gives {} tensor(s) ({}), but {} are named; name each, as in --output 'scores boxes'",
                 names.size(), fmt::join(names, ", "), settled.size());
  if (const auto distinct = check_distinct("output", settled); !distinct) return distinct.error();
  return settled;
}

}  // namespace tideline::graph
