// FixedStep: the tensors of a cut by one step for all photos, as a table could hold it; beside one step per tensor.
//
//     FixedStep fixed(Codec::q4);
//     for (const auto& tensors : some) fixed.learn(tensors);
//     const auto sent = fixed.through(tensors);
//
// All tensors are of one image, in fp32. Belongs to one thread.
#pragma once

#include "policy/plan/plan.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"

#include <cstddef>
#include <span>
#include <vector>

namespace tideline {

struct SentTensors {
  std::vector<Tensor> tensors;  // As they arrive.
  std::size_t bytes = 0;
};

// By a step of their own, which is sent.
Result<SentTensors> own_step(plan::Codec codec, std::span<const Tensor> tensors);

class FixedStep {
 public:
  // REQUIRES: the codec is one of steps.
  explicit FixedStep(plan::Codec codec) : codec_(codec) {}

  // Takes tensors of the cut into the mean of squares that the step goes by.
  void learn(std::span<const Tensor> tensors);

  // The step is not sent. Returns invalid if a number needs too large a code. REQUIRES: it has learned.
  Result<SentTensors> through(std::span<const Tensor> tensors) const;

 private:
  plan::Codec codec_;
  std::vector<double> squares_;  // By tensor, summed over the photos.
  int photos_ = 0;
};

}  // namespace tideline
