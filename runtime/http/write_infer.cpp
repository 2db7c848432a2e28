#include "runtime/http/inference_protocol.h"
#include "runtime/http/json_tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <iterator>

namespace tideline::http {
namespace {

std::string as_json(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::int64_t microseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

void append_parameters(std::string& text, const engine::InferResult& served) {
  const engine::Timing& t = served.timing;
  fmt::format_to(std::back_inserter(text),
                 R"("parameters":{{"placement":"{}","cut":{},"codec":"{}","queue_us":{},"head_us":{},"encode_us":{},)"
                 R"("uplink_us":{},"tail_us":{},"total_us":{}}})",
                 name(served.placement), served.plan.cut, name(served.plan.codec), microseconds(t.queue),
                 microseconds(t.head), microseconds(t.encode), microseconds(t.network), microseconds(t.tail),
                 microseconds(t.total));
}

void append_output(std::string& text, const OipRequest::Output& output, const Tensor& tensor) {
  fmt::format_to(std::back_inserter(text), R"({{"name":{},"datatype":"{}","shape":[{}],)", as_json(output.name),
                 oip_name(tensor.dtype()), fmt::join(tensor.shape(), ","));
  if (output.binary) {
    fmt::format_to(std::back_inserter(text), R"("parameters":{{"binary_data_size":{}}})", tensor.bytes().size());
  } else {
    text += R"("data":)";
    append_json(text, tensor);
  }
  text += '}';
}

// Returns the model's output of that name. REQUIRES: there is one; parse_infer() has checked it.
const Tensor& tensor_of(const std::string& output, std::span<const TensorSpec> specs,
                        const engine::InferResult& served) {
  const auto spec = std::find_if(specs.begin(), specs.end(), [&](const TensorSpec& s) { return s.name == output; });
  return served.outputs[static_cast<std::size_t>(spec - specs.begin())];
}

}  // namespace

OipResponse write_infer(const OipRequest& request, std::string_view model_name, std::span<const TensorSpec> outputs,
                        const engine::InferResult& served) {
  OipResponse response;
  std::string& text = response.body;
  text = fmt::format(R"({{"model_name":{},"model_version":"1",)", as_json(model_name));
  if (!request.id.empty()) text += fmt::format(R"("id":{},)", as_json(request.id));
  append_parameters(text, served);
  text += R"(,"outputs":[)";
  bool binary = false;
  for (const OipRequest::Output& output : request.outputs) {
    if (&output != &request.outputs.front()) text += ',';
    append_output(text, output, tensor_of(output.name, outputs, served));
    binary |= output.binary;
  }
  text += "]}";
  if (!binary) return response;

  response.json_size = text.size();
  for (const OipRequest::Output& output : request.outputs) {
    if (!output.binary) continue;
    const auto bytes = tensor_of(output.name, outputs, served).bytes();
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
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
