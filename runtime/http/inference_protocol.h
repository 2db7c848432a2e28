// Open Inference Protocol (KServe v2, as Triton speaks it) over HTTP: parses request bodies and writes answers.
//
//   const auto request = parse_infer(body, json_size, {model.inputs(), model.outputs()}, Clock::now());
//   if (!request) return error_reply(request.error());
//   const auto served = engine.infer(request->infer);
//   const OipResponse answer = write_infer(*request, {engine.name(), model.outputs(), labels}, *served);
//
// Pure functions. A client may mix JSON and the binary tensor data extension. Every length that a client states is
// checked against the received bytes before it is used.
// Source: kserve/open-inference-protocol, specification/protocol/inference_rest.md; triton-inference-server/server,
// docs/protocol/extension_binary_data.md and extension_classification.md.
#pragma once

#include "runtime/base/budget.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/engine/engine.h"
#include "runtime/http/body.h"
#include "runtime/model/api/model.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tideline::http {

struct OipRequest {
  std::string id;  // Echoed; empty if the client gave none.
  engine::InferRequest infer;
  struct Output {
    std::string name;
    bool binary = false;
    std::uint32_t classes = 0;  // If not 0: the answer is that many classes of the highest scores, not the scores.
  };
  std::vector<Output> outputs;  // In the order of the answer.
};

// The inputs and outputs of a model.
struct Signature {
  std::span<const TensorSpec> inputs;
  std::span<const TensorSpec> outputs;
  std::int64_t max_batch = 1;  // The largest batch, if the batch is variable.
  bool images = false;         // Whether the model also takes image files in place of its one input.
};

// Parses the body of POST /v2/models/{m}/infer for a model of that signature. `json_size` is the header
// Inference-Header-Content-Length: absent if the body is JSON alone, 0 if it is one raw tensor.
// Image files share the memory of the body, and so do binary tensors that are aligned there. Memory for JSON values and
// for other tensors is reserved in `held` before it is used, and stays reserved; null: no bound.
// Returns invalid, or overloaded if the memory is not available, with a sentence for the client.
Result<OipRequest> parse_infer(const Body& body, std::optional<std::uint64_t> json_size, const Signature& model,
                               TimePoint received, Budget::Held* held = nullptr);

// Parses a body that is one image file. All outputs are asked for, as JSON where they have that form.
// Returns invalid if the model takes no images, or the body is empty.
Result<OipRequest> parse_image(const Body& body, const Signature& model);

struct OipResponse {
  std::string body;
  std::optional<std::uint64_t> json_size;  // For the header Inference-Header-Content-Length; absent if all is JSON.
};

// What a model calls itself, its outputs and its classes.
struct ModelNames {
  std::string_view model;
  std::span<const TensorSpec> outputs;
  std::span<const std::string> labels{};  // By class; empty if they have no names.
};

OipResponse write_infer(const OipRequest& request, const ModelNames& names, const engine::InferResult& served);

std::string_view oip_name(DType dtype);  // "FP32"

}  // namespace tideline::http
