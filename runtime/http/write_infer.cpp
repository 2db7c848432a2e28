#include "runtime/http/byte_elements.h"
#include "runtime/http/class_elements.h"
#include "runtime/http/http_text.h"
#include "runtime/http/inference_protocol.h"
#include "runtime/http/json_tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>

namespace tideline::http {
namespace {

std::int64_t in_microseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

void append_parameters(std::string& text, const engine::InferResult& served) {
  const engine::Timing& t = served.timing;
  fmt::format_to(std::back_inserter(text),
                 R"("parameters":{{"placement":"{}","cut":{},"codec":"{}","queue_us":{},"head_us":{},"encode_us":{},)"
                 R"("uplink_us":{},"tail_us":{},"total_us":{}}})",
                 name(served.placement), served.plan.cut, name(served.plan.codec), in_microseconds(t.queue),
                 in_microseconds(t.head), in_microseconds(t.encode), in_microseconds(t.network),
                 in_microseconds(t.tail), in_microseconds(t.total));
}

// One output of the answer.
struct Answered {
  const OipRequest::Output& asked;
  const Tensor& tensor;
  std::optional<ClassElements> classes;  // Written in place of the tensor.
};

void append_shape(std::string& text, std::string_view datatype, const Shape& shape) {
  fmt::format_to(std::back_inserter(text), R"("datatype":"{}","shape":[{}],)", datatype, fmt::join(shape, ","));
}

void append_data(std::string& text, const Answered& output) {
  if (!output.classes) return append_json(text, output.tensor);
  text += '[';
  for (const std::string& element : output.classes->elements) {
    if (&element != &output.classes->elements.front()) text += ',';
    text += json_string(element);
  }
  text += ']';
}

std::size_t binary_size(const Answered& output) {
  if (!output.classes) return output.tensor.bytes().size();
  std::size_t size = 0;
  for (const std::string& element : output.classes->elements) size += sized(element);
  return size;
}

void append_binary(std::string& text, const Answered& output) {
  if (output.classes) {
    for (const std::string& element : output.classes->elements) append_sized(text, element);
    return;
  }
  const auto bytes = output.tensor.bytes();
  text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void append_output(std::string& text, const Answered& output) {
  fmt::format_to(std::back_inserter(text), R"({{"name":{},)", json_string(output.asked.name));
  if (output.classes)
    append_shape(text, "BYTES", output.classes->shape);
  else
    append_shape(text, oip_name(output.tensor.dtype()), output.tensor.shape());
  if (output.asked.binary) {
    fmt::format_to(std::back_inserter(text), R"("parameters":{{"binary_data_size":{}}})", binary_size(output));
  } else {
    text += R"("data":)";
    append_data(text, output);
  }
  text += '}';
}

// Returns the model's output of that name. REQUIRES: there is one; parse_infer() has checked it.
const Tensor& tensor_of(const std::string& output, std::span<const TensorSpec> specs,
                        const engine::InferResult& served) {
  const auto spec = std::find_if(specs.begin(), specs.end(), [&](const TensorSpec& s) { return s.name == output; });
  return served.outputs[static_cast<std::size_t>(spec - specs.begin())];
}

std::vector<Answered> answered(const OipRequest& request, const ModelNames& names, const engine::InferResult& served) {
  std::vector<Answered> all;
  for (const OipRequest::Output& asked : request.outputs) {
    const Tensor& tensor = tensor_of(asked.name, names.outputs, served);
    all.push_back({asked, tensor, std::nullopt});
    if (asked.classes > 0) all.back().classes = class_elements(tensor, asked.classes, names.labels);
  }
  return all;
}

}  // namespace

OipResponse write_infer(const OipRequest& request, const ModelNames& names, const engine::InferResult& served) {
  OipResponse response;
  std::string& text = response.body;
  text = fmt::format(R"({{"model_name":{},"model_version":"1",)", json_string(names.model));
  if (!request.id.empty()) text += fmt::format(R"("id":{},)", json_string(request.id));
  append_parameters(text, served);
  text += R"(,"outputs":[)";
  const std::vector<Answered> outputs = answered(request, names, served);
  for (const Answered& output : outputs) {
    if (&output != &outputs.front()) text += ',';
    append_output(text, output);
  }
  text += "]}";
  if (std::ranges::none_of(request.outputs, &OipRequest::Output::binary)) return response;

  response.json_size = text.size();
  for (const Answered& output : outputs)
    if (output.asked.binary) append_binary(text, output);
  return response;
}

std::string_view oip_name(DType dtype) {
  switch (dtype) {
    case DType::fp32:
      return "FP32";
    case DType::fp16:
      return "FP16";
    case DType::bf16:
      return "BF16";
    case DType::fp64:
      return "FP64";
    case DType::int8:
      return "INT8";
    case DType::uint8:
      return "UINT8";
    case DType::int16:
      return "INT16";
    case DType::int32:
      return "INT32";
    case DType::int64:
      return "INT64";
    case DType::boolean:
      return "BOOL";
  }
  return "FP32";
}

}  // namespace tideline::http
