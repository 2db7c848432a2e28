// Reference: the outputs of the whole network in fp32 for a sample of random inputs, to compare other plans with.
//
// Keeps the outputs, not the network. Immutable. Thread-safe.
#pragma once

#include "policy/plan/agreement.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/model/api/model.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace tideline::engine {

class Reference {
 public:
  struct Sample {
    std::uint64_t seed = 0;
    std::uint32_t inputs = 0;
  };

  // Runs all of `model` on each input of the sample. REQUIRES: `model` computes in fp32, and sample.inputs > 0.
  static Result<Reference> of(const model::Model& model, Sample sample);

  // Calls `answer` with each input of the sample, and returns how well its outputs agree with the reference. Returns
  // the first error of `answer`, or internal if its outputs have other shapes than the network's.
  using Answer = std::function<Result<std::vector<Tensor>>(std::vector<Tensor> inputs)>;
  Result<plan::Agreement> compare(const Answer& answer) const;

 private:
  Reference(std::vector<TensorSpec> specs, Sample sample) : specs_(std::move(specs)), sample_(sample) {}
  std::vector<Tensor> input(std::uint32_t i) const { return model::random_tensors(specs_, sample_.seed + i); }

  std::vector<TensorSpec> specs_;
  Sample sample_;
  std::vector<std::vector<Tensor>> answers_;
};

}  // namespace tideline::engine
