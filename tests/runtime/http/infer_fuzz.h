// What the fuzzer and the replay of its corpus do with one input.
#pragma once

#include "tests/runtime/http/infer_cases.h"

#include <cstdlib>

namespace tideline::http {

// The first two bytes say where the JSON ends and which model is asked; the rest is the body. Whatever comes, it is
// parsed or refused with a sentence; what is parsed fits the model.
inline void parse_anything(std::string_view input) {
  if (input.size() < 2) return;
  const auto mode = static_cast<unsigned char>(input[0]);
  const auto size = static_cast<unsigned char>(input[1]);
  const std::string body(input.substr(2));
  const std::vector<TensorSpec>& inputs = mode & 1 ? kTwoInputs : kOneInput;
  std::optional<std::uint64_t> json_size;
  if (mode & 2) json_size = mode & 4 ? body.rfind('}') + 1 : size;

  const auto parsed = parse_infer(body, json_size, {inputs, kOutputs, 4}, kReceived);
  if (!parsed) {
    if (parsed.error().message.empty() || parsed.error().kind != ErrorKind::invalid) std::abort();
    return;
  }
  if (parsed->infer.inputs.size() != inputs.size() || parsed->outputs.empty()) std::abort();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& tensor = parsed->infer.inputs[i];
    if (tensor.shape() != inputs[i].shape || tensor.dtype() != inputs[i].dtype) std::abort();
    if (tensor.bytes().size() != byte_count(tensor.dtype(), tensor.shape())->count) std::abort();
  }
}

}  // namespace tideline::http
