// What the fuzzer and the replay of its corpus do with one input.
#pragma once

#include "runtime/http/stream_parameters.h"
#include "tests/runtime/http/infer_cases.h"

#include <cstdlib>

namespace tideline::http {

inline void check_stream(const std::optional<engine::Stream>& stream) {
  if (stream && (stream->sequence.empty() || stream->sequence.size() > engine::Stream::kLongestName)) std::abort();
}

inline void check_images(const engine::InferRequest& infer, std::size_t body) {
  if (infer.images.size() > 4 || !infer.inputs.empty()) std::abort();
  std::size_t sum = 0;
  for (const Tensor& image : infer.images) {
    if (image.dtype() != DType::uint8 || image.shape() != Shape{static_cast<std::int64_t>(image.bytes().size())})
      std::abort();
    sum += image.bytes().size() + 4;
  }
  if (sum > body || sum == 4 * infer.images.size()) std::abort();
}

// The first two bytes say where the JSON ends and which model is asked; the rest is the body, and is also read as the
// query of a URL. Whatever comes, it is parsed or refused with a sentence; what is parsed fits the model.
inline void parse_anything(std::string_view input) {
  if (input.size() < 2) return;
  const auto mode = static_cast<unsigned char>(input[0]);
  const auto size = static_cast<unsigned char>(input[1]);
  const std::string body(input.substr(2));
  if (const auto stream = stream_of_query(body)) check_stream(*stream);
  const std::vector<TensorSpec>& inputs = mode & 1 ? kTwoInputs : kOneInput;
  const bool takes_images = (mode & 9) == 8;
  std::optional<std::uint64_t> json_size;
  if (mode & 2) json_size = mode & 4 ? body.rfind('}') + 1 : size;

  const auto parsed = parse_infer(body, json_size, {inputs, kOutputs, 4, takes_images}, kReceived);
  if (!parsed) {
    if (parsed.error().message.empty() || parsed.error().kind != ErrorKind::invalid) std::abort();
    return;
  }
  if (parsed->outputs.empty()) std::abort();
  check_stream(parsed->infer.stream);
  if (takes_images && !parsed->infer.images.empty()) return check_images(parsed->infer, body.size());
  if (parsed->infer.inputs.size() != inputs.size() || !parsed->infer.images.empty()) std::abort();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& tensor = parsed->infer.inputs[i];
    if (tensor.shape() != inputs[i].shape || tensor.dtype() != inputs[i].dtype) std::abort();
    if (tensor.bytes().size() != byte_count(tensor.dtype(), tensor.shape())->count) std::abort();
  }
}

}  // namespace tideline::http
