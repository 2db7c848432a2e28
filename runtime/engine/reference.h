// Reference: what the whole network answers in fp32 to a sample of random inputs, to compare other ways with.
//
// Keeps the answers, not the network that gave them. Immutable. Thread-safe.
#pragma once

#include "policy/plan/agreement.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/model/api/model.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace tideline {

class Reference {
 public:
  struct Sample {
    std::uint64_t seed = 0;
    std::uint32_t inputs = 0;
  };

  // Runs all of `model`, which is in fp32, on each input of the sample. REQUIRES: sample.inputs > 0.
  static Result<Reference> of(const Model& model, Sample sample);

  // Asks for each input of the sample in turn, and says how near the answers come. Returns the first error of `answer`;
  // internal when it gives outputs of other shapes than the network's.
  using Answer = std::function<Result<std::vector<Tensor>>(std::vector<Tensor> inputs)>;
  Result<Agreement> compare(const Answer& answer) const;

 private:
  Reference(std::vector<TensorSpec> specs, Sample sample) : specs_(std::move(specs)), sample_(sample) {}
  std::vector<Tensor> input(std::uint32_t i) const { return random_tensors(specs_, sample_.seed + i); }

  std::vector<TensorSpec> specs_;
  Sample sample_;
  std::vector<std::vector<Tensor>> answers_;
};

}  // namespace tideline
