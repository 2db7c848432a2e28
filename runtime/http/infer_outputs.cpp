#include "runtime/http/bounded_json.h"
#include "runtime/http/http_text.h"
#include "runtime/http/infer_json.h"
#include "runtime/http/json_tensor.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

namespace tideline::http {
namespace {

using nlohmann::json;

Result<bool> flag(const json& parameters, const char* name, bool otherwise) {
  const json* found = member(parameters, name);
  if (found && !found->is_boolean()) return error(ErrorKind::invalid, "parameter '{}' is neither true nor false", name);
  return found ? found->get<bool>() : otherwise;
}

Result<const TensorSpec*> find_output(const json& output, std::span<const TensorSpec> specs) {
  const json* name = output.is_object() ? member(output, "name") : nullptr;
  if (!name || !name->is_string()) return error(ErrorKind::invalid, "an output has no 'name'");
  const auto& text = name->get_ref<const std::string&>();
  const auto spec = std::find_if(specs.begin(), specs.end(), [&](const TensorSpec& s) { return s.name == text; });
  if (spec != specs.end()) return &*spec;
  std::string known;
  for (const TensorSpec& s : specs) known += (known.empty() ? "" : ", ") + in_quotes(s.name);
  return error(ErrorKind::invalid, "the model has no output {}; it gives {}", in_quotes(text), known);
}

Result<OipRequest::Output> in_form(const TensorSpec& spec, bool binary) {
  if (!binary && !has_json_form(spec.dtype))
    return error(ErrorKind::invalid, "output {} is {}, which has no JSON form; ask for it with 'binary_data': true",
                 in_quotes(spec.name), oip_name(spec.dtype));
  return OipRequest::Output{.name = spec.name, .binary = binary};
}

// Returns the wanted number of classes; 0 if the client wants the output's numbers.
Result<std::uint32_t> read_classes(const json& parameters, const TensorSpec& spec) {
  const json* found = member(parameters, "classification");
  if (!found || *found == 0) return 0u;
  if (!found->is_number_unsigned() || found->get<std::uint64_t>() > std::numeric_limits<std::uint32_t>::max())
    return error(ErrorKind::invalid, "parameter 'classification' is {}; give the number of classes", shown(*found));
  if (spec.dtype != DType::fp32 || spec.shape.size() != 2)
    return error(
        ErrorKind::invalid,
        "parameter 'classification' needs an output of FP32 [N,CLASSES], but this one is {} [{}]; leave it out",
        oip_name(spec.dtype), fmt::join(spec.shape, ","));
  return found->get<std::uint32_t>();
}

Result<OipRequest::Output> read_output(const json& output, std::span<const TensorSpec> specs, bool binary) {
  const auto spec = find_output(output, specs);
  if (!spec) return spec.error();
  const auto parameters = parameters_of(output);
  if (!parameters) return parameters.error();
  const std::string context = "output " + in_quotes((*spec)->name);
  if (auto heeded = check_heeded_of_output(**parameters); !heeded) return heeded.error().within(context);
  const auto classes = read_classes(**parameters, **spec);
  if (!classes) return classes.error().within(context);
  const auto wants = flag(**parameters, "binary_data", binary);
  if (!wants) return wants.error();
  auto formed = in_form(**spec, *wants);
  if (formed) formed->classes = *classes;
  return formed;
}

}  // namespace

Result<std::vector<OipRequest::Output>> read_outputs(const json& document, const json& parameters,
                                                     std::span<const TensorSpec> specs) {
  const auto binary = flag(parameters, "binary_data_output", false);
  if (!binary) return binary.error();
  const json* asked = member(document, "outputs");
  if (asked && !asked->is_array()) return error(ErrorKind::invalid, "'outputs' is not an array");

  std::vector<OipRequest::Output> outputs;
  const auto add = [&](Result<OipRequest::Output> output) -> Result<void> {
    if (!output) return output.error();
    const auto same = [&](const OipRequest::Output& other) { return other.name == output->name; };
    if (std::any_of(outputs.begin(), outputs.end(), same))
      return error(ErrorKind::invalid, "output {} is asked for twice", in_quotes(output->name));
    outputs.push_back(std::move(*output));
    return {};
  };
  if (asked && !asked->empty()) {
    for (const json& output : *asked)
      if (auto added = add(read_output(output, specs, *binary)); !added) return added.error();
  } else {
    for (const TensorSpec& spec : specs)
      if (auto added = add(in_form(spec, *binary)); !added) return added.error();
  }
  return outputs;
}

}  // namespace tideline::http
