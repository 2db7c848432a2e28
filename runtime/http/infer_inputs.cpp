#include "runtime/http/bounded_json.h"
#include "runtime/http/http_text.h"
#include "runtime/http/infer_json.h"
#include "runtime/http/json_tensor.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace tideline::http {
namespace {

using nlohmann::json;

// "FP32 [1,3,224,224]"; the protocol writes -1 for a variable size.
std::string wanted(const TensorSpec& spec) {
  return fmt::format("{} [{}]", oip_name(spec.dtype), fmt::join(spec.shape, ","));
}

std::string names(std::span<const TensorSpec> specs) {
  std::string all;
  for (const TensorSpec& spec : specs)
    all += fmt::format("{}{} of {}", all.empty() ? "" : ", ", in_quotes(spec.name), wanted(spec));
  return all;
}

Result<void> check_type(const json& input, const TensorSpec& spec) {
  const json* type = member(input, "datatype");
  if (!type) return error(ErrorKind::invalid, "has no 'datatype'");
  if (is_bytes(input))
    return error(ErrorKind::invalid,
                 "datatype 'BYTES' is for image files, which this model does not take; send {}, or configure it with "
                 "--image NAME=PRESET",
                 wanted(spec));
  if (!type->is_string() || type->get_ref<const std::string&>() != oip_name(spec.dtype))
    return error(ErrorKind::invalid, "datatype {} does not fit the model; send {}", shown(*type), wanted(spec));
  return {};
}

std::optional<Shape> whole_numbers(const json& shape) {
  if (!shape.is_array() || shape.size() > kMaxRank) return std::nullopt;
  Shape dims;
  for (const json& dim : shape) {
    if (!dim.is_number_integer()) return std::nullopt;
    dims.push_back(dim.get<std::int64_t>());
  }
  return dims;
}

// Returns `spec` with the batch of the input.
Result<TensorSpec> settle_shape(const json& input, const TensorSpec& spec, std::int64_t max_batch) {
  const json* shape = member(input, "shape");
  if (!shape) return error(ErrorKind::invalid, "has no 'shape'");
  const auto dims = whole_numbers(*shape);
  if (!dims || !fits(spec, spec.dtype, *dims))
    return error(ErrorKind::invalid, "shape {} does not fit the model; send {}", shown(*shape), wanted(spec));
  if (any_batch(spec) && dims->front() > max_batch)
    return error(ErrorKind::invalid, "shape {} has a batch over the limit of {}", shown(*shape), max_batch);
  return TensorSpec{spec.name, spec.dtype, *dims};
}

// OpenVINO Model Server takes a binary tensor without its size, which the shape gives.
Result<Tensor> take_by_shape(const TensorSpec& spec, BinaryTail& tail) {
  if (tail.rest.empty()) return error(ErrorKind::invalid, "has neither 'data' nor 'binary_data_size'");
  const auto needed = byte_count(spec.dtype, spec.shape);
  if (!needed) return needed.error();
  return tail.take(needed->count, spec);
}

Result<Tensor> read_data(const json& input, const TensorSpec& spec, BinaryTail& tail) {
  const auto parameters = parameters_of(input);
  if (!parameters) return parameters.error();
  if (auto heeded = check_heeded(**parameters); !heeded) return heeded.error();
  const json* size = member(**parameters, "binary_data_size");
  const json* data = member(input, "data");
  if (size && data) return error(ErrorKind::invalid, "has both 'data' and 'binary_data_size'");
  if (size && !size->is_number_unsigned())
    return error(ErrorKind::invalid, "'binary_data_size' is not a whole number of 0 or more");
  if (size) return tail.take(size->get<std::uint64_t>(), spec);
  if (!data) return take_by_shape(spec, tail);
  if (!has_json_form(spec.dtype))
    return error(ErrorKind::invalid, "{} cannot be sent as JSON; send it binary", oip_name(spec.dtype));
  return tensor_from_json(spec, *data);
}

Result<Tensor> read_input(const json& input, const TensorSpec& spec, std::int64_t max_batch, BinaryTail& tail) {
  if (auto checked = check_type(input, spec); !checked) return checked.error();
  const auto settled = settle_shape(input, spec, max_batch);
  if (!settled) return settled.error();
  return read_data(input, *settled, tail);
}

// Returns the index of the spec with the input's name.
Result<std::size_t> find_input(const json& input, std::span<const TensorSpec> specs) {
  const json* name = input.is_object() ? member(input, "name") : nullptr;
  if (!name || !name->is_string()) return error(ErrorKind::invalid, "an input has no 'name'");
  const auto& text = name->get_ref<const std::string&>();
  const auto spec = std::find_if(specs.begin(), specs.end(), [&](const TensorSpec& s) { return s.name == text; });
  if (spec == specs.end())
    return error(ErrorKind::invalid, "the model has no input {}; it takes {}", in_quotes(text), names(specs));
  return static_cast<std::size_t>(spec - specs.begin());
}

Result<std::vector<Tensor>> in_order(std::vector<std::optional<Tensor>> found, std::span<const TensorSpec> specs) {
  std::vector<Tensor> tensors;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!found[i])
      return error(ErrorKind::invalid, "input {} is missing; the model takes {}", in_quotes(specs[i].name),
                   names(specs));
    tensors.push_back(std::move(*found[i]));
  }
  return tensors;
}

}  // namespace

Result<std::span<const std::byte>> BinaryTail::take(std::uint64_t size) {
  if (size > rest.size())
    return error(ErrorKind::invalid, "needs {} binary bytes, but only {} are left in the body", size, rest.size());
  const std::span<const std::byte> taken = rest.first(size);
  rest = rest.subspan(size);
  return taken;
}

Result<Tensor> BinaryTail::take(std::uint64_t size, const TensorSpec& spec) {
  const auto needed = byte_count(spec.dtype, spec.shape);
  if (!needed) return needed.error();
  if (size != needed->count)
    return error(ErrorKind::invalid, "{} binary bytes do not match the {} of {}", size, needed->count, wanted(spec));
  const auto bytes = take(size);
  if (!bytes) return bytes.error();
  if (is_aligned(bytes->data())) return Tensor(spec.dtype, spec.shape, body.share(*bytes), size);
  if (auto grown = held ? held->grow({size}) : Result<void>(); !grown) return grown.error().within("its tensor");
  return Tensor::copy_of(spec.dtype, spec.shape, *bytes);
}

bool is_bytes(const json& input) {
  const json* type = member(input, "datatype");
  return type && *type == "BYTES";
}

Result<void> read_inputs(const json& document, const Signature& model, BinaryTail tail, engine::InferRequest& infer) {
  const std::span<const TensorSpec> specs = model.inputs;
  const json* inputs = member(document, "inputs");
  if (!inputs || !inputs->is_array())
    return error(ErrorKind::invalid, "the array 'inputs' is missing; the model takes {}", names(specs));
  std::vector<std::optional<Tensor>> found(specs.size());
  for (const json& input : *inputs) {
    const auto index = find_input(input, specs);
    if (!index) return index.error();
    const std::string context = "input " + in_quotes(specs[*index].name);
    if (found[*index] || !infer.images.empty()) return error(ErrorKind::invalid, "{} is given twice", context);
    if (model.images && is_bytes(input)) {
      auto images = read_images(input, model.max_batch, inputs->size() == 1, tail);
      if (!images) return images.error().within(context);
      infer.images = std::move(*images);
    } else {
      auto tensor = read_input(input, specs[*index], model.max_batch, tail);
      if (!tensor) return tensor.error().within(context);
      found[*index] = std::move(*tensor);
    }
  }
  if (!tail.rest.empty())
    return error(ErrorKind::invalid, "{} bytes at the end of the body belong to no input", tail.rest.size());
  if (!infer.images.empty()) return {};
  auto tensors = in_order(std::move(found), specs);
  if (!tensors) return tensors.error();
  infer.inputs = std::move(*tensors);
  return {};
}

}  // namespace tideline::http
