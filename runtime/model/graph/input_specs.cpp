#include "runtime/model/graph/input_specs.h"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace tideline::graph {
namespace {

constexpr std::size_t kLongestText = 64 * 1024;
constexpr std::size_t kMostInputs = 64;

Error bad_json() {
  return error(
      ErrorKind::invalid,
      "inputs.json in the file is not a list of tensors such as [\"fp32[1,3,224,224]\"]; give --input instead");
}

}  // namespace

Result<std::vector<TensorSpec>> parse_inputs_json(std::string_view text) {
  if (text.size() > kLongestText) return bad_json();
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_array() || json.empty() || json.size() > kMostInputs) return bad_json();
  std::vector<TensorSpec> specs;
  for (const auto& item : json) {
    if (!item.is_string()) return bad_json();
    auto spec = parse_tensor_spec(item.get_ref<const std::string&>());
    if (!spec) return spec.error().within("inputs.json in the file");
    specs.push_back(std::move(*spec));
  }
  return specs;
}

Result<std::vector<TensorSpec>> settle_inputs(const std::vector<TensorSpec>& given, std::string_view inputs_json,
                                              const std::vector<std::string>& names) {
  if (given.empty() && inputs_json.empty()) {
    return error(ErrorKind::invalid,
                 "the file does not describe the network's inputs; give its input's type and shape, for example "
                 "--input 'fp32[1,3,224,224]'");
  }
  auto specs = given.empty() ? parse_inputs_json(inputs_json) : Result<std::vector<TensorSpec>>(given);
  if (!specs) return specs;
  if (specs->size() != names.size()) {
    return error(
        ErrorKind::invalid,
        "the network takes {} tensor(s) ({}), but {} are described; describe each, as in --input 'fp32[1,8] int64[1]'",
        names.size(), fmt::join(names, ", "), specs->size());
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    (*specs)[i].name = names[i];
    const auto bytes = byte_count((*specs)[i].dtype, at_batch((*specs)[i], 1).shape);
    if (!bytes) return bytes.error().within("input '" + names[i] + "'");
    if (any_batch((*specs)[i]) != any_batch(specs->front())) {
      return error(ErrorKind::invalid,
                   "the batch of input '{}' varies, but that of another does not; write * as the first size of every "
                   "input, or of none",
                   any_batch((*specs)[i]) ? names[i] : names[0]);
    }
  }
  return specs;
}

}  // namespace tideline::graph
