#include "runtime/http/bounded_json.h"
#include "runtime/http/http_text.h"
#include "runtime/http/infer_json.h"
#include "runtime/http/inference_protocol.h"
#include "runtime/http/stream_parameters.h"
#include "runtime/http/urgency.h"

#include <algorithm>

namespace tideline::http {
namespace {

using nlohmann::json;

// Returns an upper bound of the JSON values in a document with all tensors fully nested, with a reserve for the rest.
std::size_t most_values(const Signature& model) {
  std::size_t values = 4096;
  for (const TensorSpec& spec : at_batch(model.inputs, model.max_batch)) {
    std::size_t elements = 1;
    for (const std::int64_t dim : spec.shape) values += elements *= static_cast<std::size_t>(dim);
  }
  return values;
}

// Returns the batch of a first input of so many bytes; 1 if no allowed batch has that size.
std::int64_t batch_of(std::size_t size, const Signature& model) {
  const TensorSpec one = at_batch(model.inputs.front(), 1);
  const auto bytes = byte_count(one.dtype, one.shape);
  const std::size_t batch = bytes ? size / bytes->count : 1;
  return batch >= 1 && batch <= static_cast<std::size_t>(model.max_batch) ? static_cast<std::int64_t>(batch) : 1;
}

// The body is the bytes of one tensor: so the model must have exactly one input.
Result<OipRequest> parse_raw(const Body& body, const Signature& model, Budget::Held* held) {
  const std::span<const TensorSpec> inputs = model.inputs;
  if (inputs.size() != 1)
    return error(
        ErrorKind::invalid,
        "Inference-Header-Content-Length is 0, but a body without JSON needs a model of one input; this one has {}",
        inputs.size());
  OipRequest request;
  BinaryTail tail{body, body.bytes(), held};
  auto tensor = tail.take(body.size(), at_batch(inputs.front(), batch_of(body.size(), model)));
  if (!tensor) return tensor.error().within(fmt::format("input {}", in_quotes(inputs.front().name)));
  request.infer.inputs.push_back(std::move(*tensor));
  for (const TensorSpec& spec : model.outputs) request.outputs.push_back({.name = spec.name, .binary = true});
  return request;
}

Result<json> read_json(std::string_view text, const Signature& model, Budget::Held* held) {
  auto document = parse_bounded_json(text, most_values(model), held);
  if (document && !document->is_object()) return error(ErrorKind::invalid, "the body is JSON, but not an object");
  return document;
}

Result<void> read_id(const json& document, std::string& id) {
  const json* found = member(document, "id");
  if (!found) return {};
  if (!found->is_string()) return error(ErrorKind::invalid, "'id' is not a string");
  id = found->get<std::string>();
  return {};
}

Result<OipRequest> parse_document(const json& document, BinaryTail tail, const Signature& model, TimePoint received) {
  OipRequest request;
  const auto parameters = parameters_of(document);
  if (!parameters) return parameters.error();
  if (auto heeded = check_heeded(**parameters); !heeded) return heeded.error();
  if (auto read = read_id(document, request.id); !read) return read.error();
  if (auto read = read_plan(**parameters, request.infer); !read) return read.error();
  const auto urgency = urgency_of_parameters(**parameters);
  if (!urgency) return urgency.error();
  request.infer.deadline = urgency->deadline(received);
  request.infer.priority = urgency->priority;
  auto stream = stream_of_parameters(**parameters);
  if (!stream) return stream.error();
  request.infer.stream = *std::move(stream);
  if (auto read = read_inputs(document, model, std::move(tail), request.infer); !read) return read.error();
  auto read_out = read_outputs(document, **parameters, model.outputs);
  if (!read_out) return read_out.error();
  request.outputs = std::move(*read_out);
  return request;
}

}  // namespace

Result<OipRequest> parse_infer(const Body& body, std::optional<std::uint64_t> json_size, const Signature& model,
                               TimePoint received, Budget::Held* held) {
  if (json_size == 0) return parse_raw(body, model, held);
  if (json_size > body.size() && json_size)
    return error(ErrorKind::invalid, "Inference-Header-Content-Length is {}, but the body has only {} bytes",
                 *json_size, body.size());
  const std::size_t json_bytes = json_size.value_or(body.size());
  const auto document = read_json(body.text().substr(0, json_bytes), model, held);
  if (!document) return document.error();
  return parse_document(*document, {body, body.bytes().subspan(json_bytes), held}, model, received);
}

}  // namespace tideline::http
