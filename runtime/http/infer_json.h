// The parts of an inference request's JSON, each read and checked by itself.
#pragma once

#include "runtime/http/inference_protocol.h"

#include <nlohmann/json.hpp>

#include <span>
#include <string>
#include <vector>

namespace tideline {

// What follows the JSON in the body, taken tensor by tensor.
struct BinaryTail {
  std::span<const std::byte> rest;

  // Returns a copy of the next `size` bytes as a tensor. Returns invalid unless they are there and are as many as
  // `spec` needs.
  Result<Tensor> take(std::uint64_t size, const TensorSpec& spec);
};

// Returns the member, or nullptr when there is none or it is null. REQUIRES: object.is_object().
const nlohmann::json* member(const nlohmann::json& object, const char* name);

// Returns the object "parameters" of `object`; an empty one when it has none. Never null.
Result<const nlohmann::json*> parameters_of(const nlohmann::json& object);

// Returns invalid when `parameters`, of a request, an input or an output, ask for what would give the answer another
// meaning or another place, and is not done here. Others are ignored, as the protocol says.
Result<void> check_heeded(const nlohmann::json& parameters);

// Reads what the request's parameters say of the plan and the deadline.
Result<void> read_plan(const nlohmann::json& parameters, TimePoint received, InferRequest& infer);

// Returns the tensors in the order of the model's inputs. Returns invalid unless each of them is there, in its type and
// shape, nothing is given twice or unasked, and the binary tail holds exactly what the inputs say. A batch that varies
// may be 1 to `model.max_batch`, and another for each input: whether they are the same, the model checks.
Result<std::vector<Tensor>> read_inputs(const nlohmann::json& document, const Signature& model, BinaryTail tail);

// Returns what the client asks for; all of `specs` when it names none.
Result<std::vector<OipRequest::Output>> read_outputs(const nlohmann::json& document, const nlohmann::json& parameters,
                                                     std::span<const TensorSpec> specs);

}  // namespace tideline
