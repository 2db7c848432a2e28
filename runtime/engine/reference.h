// Reference: the outputs of the whole network in fp32 for some inputs, to compare other plans with.
//
// Keeps the outputs, not the network. Immutable. Thread-safe.
#pragma once

#include "policy/plan/agreement.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/engine/comparison.h"
#include "runtime/engine/sample_inputs.h"
#include "runtime/engine/task_score.h"
#include "runtime/model/api/model.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace tideline::engine {

class Reference {
 public:
  // Runs all of `model` on each input. With a detector, boxes are compared as well. REQUIRES: `model` computes in fp32,
  // its outputs are of the detector's form, and there is an input.
  static Result<Reference> of(const model::Model& model, SampleInputs inputs,
                              std::optional<task::Detector> detector = std::nullopt);

  std::uint32_t size() const { return inputs_.size(); }
  Input input(std::uint32_t i) const { return inputs_.at(i); }  // REQUIRES: i < size().

  // Adds up how well the answers of one plan agree. Belongs to one thread; the reference must outlive it.
  class Sum {
   public:
    explicit Sum(const Reference& reference) : reference_(reference), score_(reference.detector_) {}
    // Adds the outputs for input i. Returns internal if they have other shapes than the network's. REQUIRES: i <
    // size().
    Result<void> add(std::uint32_t i, std::span<const Tensor> outputs);
    // REQUIRES: something was added.
    plan::Agreement agreement() const;

   private:
    const Reference& reference_;
    Comparison comparison_;
    TaskScore score_;
  };

  // Calls `answer` with each input, and returns how well its outputs agree with the reference. Returns the first error
  // of `answer`, or internal if its outputs have other shapes than the network's.
  using Answer = std::function<Result<std::vector<Tensor>>(Input input)>;
  Result<plan::Agreement> compare(const Answer& answer) const;

 private:
  Reference(SampleInputs inputs, std::optional<task::Detector> detector)
      : inputs_(std::move(inputs)), detector_(detector) {}

  SampleInputs inputs_;
  std::optional<task::Detector> detector_;
  std::vector<std::vector<Tensor>> answers_;
};

}  // namespace tideline::engine
