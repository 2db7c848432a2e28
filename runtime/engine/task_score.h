// TaskScore: counts over many inputs what a plan's answers are worth for the task: right classes, or kept boxes.
//
// Belongs to one thread.
#pragma once

#include "policy/plan/accuracy.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/task/head.h"

#include <cstdint>
#include <optional>
#include <set>
#include <span>

namespace tideline::engine {

class TaskScore {
 public:
  // With a detector, boxes are counted, else classes.
  explicit TaskScore(std::optional<task::Detector> detector) : detector_(detector) {}

  // Adds the answer to one input, beside that of the whole network in fp32. `classes` are right for it; none if that is
  // not known. The class with the largest number of the first output must be one of them for top-1, one of the five
  // largest for top-5. A number that is NaN, and an output that is no classifier's, are wrong. Boxes are those that an
  // edge finds by default (task::detect). Returns invalid if outputs are not of the detector's form.
  Result<void> add(std::span<const Tensor> wanted, std::span<const Tensor> given,
                   const std::set<std::uint32_t>& classes);

  // Returns the counts over the inputs with known classes; absent if there was none.
  std::optional<plan::Accuracy> accuracy() const;
  // Returns how many boxes of the wanted answers the given ones have; absent without a detector, or without a box.
  std::optional<plan::Counted> boxes() const;

 private:
  Result<void> add_boxes(std::span<const Tensor> wanted, std::span<const Tensor> given);

  std::optional<task::Detector> detector_;
  plan::Accuracy accuracy_;
  plan::Counted boxes_;
};

}  // namespace tideline::engine
