// Open Inference Protocol (KServe v2, what Triton speaks) over HTTP: bodies to values and back.
//
// Pure functions. JSON and the binary tensor data extension, mixed as a client likes. Every length that a client states
// is checked against what is there before it is used.
// Source: kserve/open-inference-protocol, specification/protocol/inference_rest.md; triton-inference-server/server,
// docs/protocol/extension_binary_data.md.
#pragma once

#include "runtime/base/budget.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/engine/engine.h"
#include "runtime/model/api/model.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tideline {

struct OipRequest {
  std::string id;  // Echoed; empty when the client gave none.
  InferRequest infer;
  struct Output {
    std::string name;
    bool binary = false;
  };
  std::vector<Output> outputs;  // In the order of the answer.
};

// What a model takes and gives.
struct Signature {
  std::span<const TensorSpec> inputs;
  std::span<const TensorSpec> outputs;
  std::int64_t max_batch = 1;  // The most of a batch that varies.
};

// Parses the body of POST /v2/models/{m}/infer for a model of that signature. `json_size` is the header
// Inference-Header-Content-Length: absent when the body is JSON alone, 0 when it is one raw tensor.
// What it makes of the body is taken from `held` before it is made, and stays there; null: without a bound.
// Returns invalid, or overloaded where memory lacks, with a sentence for the client.
Result<OipRequest> parse_infer(std::string body, std::optional<std::uint64_t> json_size, const Signature& model,
                               TimePoint received, Budget::Held* held = nullptr);

struct OipResponse {
  std::string body;
  std::optional<std::uint64_t> json_size;  // For the header Inference-Header-Content-Length; absent when all is JSON.
};

OipResponse write_infer(const OipRequest& request, std::string_view model_name, std::span<const TensorSpec> outputs,
                        const InferResult& served);

std::string_view oip_name(DType dtype);  // "FP32"

}  // namespace tideline
