// Loss: how the answers of a plan differ from those of the whole network in fp32, over some photos.
//
// Rows of a detector's output may change places without a loss. So its boxes are compared instead, as an edge reads
// them (runtime/task): two boxes match if they have one class and an IoU of half at least.
//
//     Loss loss(task);
//     if (const auto added = loss.add(wanted, given); !added) return added.error();
//
// Belongs to one thread.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/engine/comparison.h"
#include "runtime/task/task.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <span>

namespace tideline {

class Loss {
 public:
  explicit Loss(const task::Task& task) : task_(&task) {}  // `task` must outlive this.

  // Adds the answer to one photo.
  Result<void> add(std::span<const Tensor> wanted, std::span<const Tensor> given);

  // Returns "top1", the mean over the photos: the share of rows whose largest number has the same place; or twice the
  // matches over all boxes of both. And "error", the largest one: of a number, as a share of the largest number; or of
  // a score, where a box without a match counts with its own. REQUIRES: something was added.
  nlohmann::json told() const;

 private:
  const task::Task* task_;
  std::uint32_t photos_ = 0;
  double agreement_ = 0;  // Summed over the photos.
  double error_ = 0;
};

}  // namespace tideline
