// CodedPhotos: what one codec at one cut sends for some photos, how long it takes, and what it loses.
//
// Belongs to one thread.
#pragma once

#include "bench/features/loss.h"
#include "policy/plan/plan.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/base/time.h"
#include "runtime/engine/input.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace tideline {

class CodedPhotos {
 public:
  CodedPhotos(std::uint32_t cut, plan::Codec codec, const task::Task& task) : cut_(cut), codec_(codec), loss_(task) {}

  std::uint32_t cut() const { return cut_; }

  // Returns the tensors of the cut as the cloud gets them from these tensors; or from the photo, if the codec is one of
  // images.
  Result<std::vector<Tensor>> add(const engine::Input& photo, std::span<const Tensor> crossing);

  // Counts an answer to the photo that was added last.
  Result<void> judge(std::span<const Tensor> wanted, std::span<const Tensor> given) { return loss_.add(wanted, given); }

  // Returns the means over the photos, and the loss. REQUIRES: there was one.
  nlohmann::json told() const;

 private:
  const std::uint32_t cut_;
  const plan::Codec codec_;
  std::uint64_t bytes_ = 0;
  Duration encode_{}, decode_{};
  std::uint32_t photos_ = 0;
  Loss loss_;
};

}  // namespace tideline
