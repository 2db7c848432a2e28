// Reference: the outputs of the whole network in fp32 for some inputs, to compare other plans with.
//
// Keeps the outputs, not the network. Immutable. Thread-safe.
#pragma once

#include "policy/plan/agreement.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/engine/sample_inputs.h"
#include "runtime/model/api/model.h"

#include <functional>
#include <utility>
#include <vector>

namespace tideline::engine {

class Reference {
 public:
  // Runs all of `model` on each input. REQUIRES: `model` computes in fp32, and there is an input.
  static Result<Reference> of(const model::Model& model, SampleInputs inputs);

  // Calls `answer` with each input, and returns how well its outputs agree with the reference. Returns the first error
  // of `answer`, or internal if its outputs have other shapes than the network's.
  using Answer = std::function<Result<std::vector<Tensor>>(Input input)>;
  Result<plan::Agreement> compare(const Answer& answer) const;

 private:
  explicit Reference(SampleInputs inputs) : inputs_(std::move(inputs)) {}

  SampleInputs inputs_;
  std::vector<std::vector<Tensor>> answers_;
};

}  // namespace tideline::engine
