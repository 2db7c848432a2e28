// Readers for the parts of an inference request's JSON: parameters, plan, inputs, outputs. Pure functions.
#pragma once

#include "runtime/http/body.h"
#include "runtime/http/inference_protocol.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::http {

// The bytes after the JSON in the body, taken tensor by tensor.
struct BinaryTail {
  Body body;
  std::span<const std::byte> rest;
  Budget::Held* held;  // Null: no bound.

  // Returns the next `size` bytes, as a view into the body. Returns invalid if fewer are left.
  Result<std::span<const std::byte>> take(std::uint64_t size);
  // Returns the next `size` bytes as a tensor: a view into the body if they are aligned there, otherwise a copy, for
  // which it takes memory from `held`. Returns invalid if fewer are left, or if `spec` needs another number of bytes,
  // and the error of `held` if there is not enough.
  Result<Tensor> take(std::uint64_t size, const TensorSpec& spec);
};

// Returns the member, or nullptr if it is missing or null. REQUIRES: object.is_object().
const nlohmann::json* member(const nlohmann::json& object, const char* name);

// Returns the member as a number; nothing if it is missing or null. Returns invalid if it is not a whole number of 0 or
// more.
Result<std::optional<std::uint64_t>> whole_number(const nlohmann::json& object, const char* name);
Error no_whole_number(std::string_view name);

// Returns the object "parameters" of `object`, or an empty one if it has none. Never null.
Result<const nlohmann::json*> parameters_of(const nlohmann::json& object);

// Returns invalid if `parameters` (of a request, an input or an output) ask for something unsupported that would change
// the meaning or the place of the answer. Other parameters are ignored, as the protocol says.
Result<void> check_heeded(const nlohmann::json& parameters);

// Returns the same for those of an output, of which 'classification' is supported.
Result<void> check_heeded_of_output(const nlohmann::json& parameters);

// Reads the plan that the request's parameters force.
Result<void> read_plan(const nlohmann::json& parameters, engine::InferRequest& infer);

// Returns true iff the input's datatype is BYTES.
bool is_bytes(const nlohmann::json& input);

// Reads an input of datatype BYTES: 1 to `max_batch` image files, in shape [N] or [N,1] and in binary form. If it is
// `alone`, the one input of the request, it may be a single file without lengths.
Result<std::vector<Tensor>> read_images(const nlohmann::json& input, std::int64_t max_batch, bool alone,
                                        BinaryTail& tail);

// Reads the inputs into `infer`: tensors in the order of the model's inputs, or images. Returns invalid unless each
// input occurs once, in its type and shape, no other is given, and the binary tail holds exactly the stated bytes. A
// variable batch may be 1 to `model.max_batch`. It may differ between the inputs: the model checks that they match.
Result<void> read_inputs(const nlohmann::json& document, const Signature& model, BinaryTail tail,
                         engine::InferRequest& infer);

// Returns the outputs that the client asks for; all of `specs` if it names none.
Result<std::vector<OipRequest::Output>> read_outputs(const nlohmann::json& document, const nlohmann::json& parameters,
                                                     std::span<const TensorSpec> specs);

}  // namespace tideline::http
