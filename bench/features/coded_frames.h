// CodedFrames: one codec of steps over the frames of a clip: each whole, and as the difference to the frame before.
//
//     CodedFrames coded(Codec::q4, task);
//     const auto arrived = coded.add(crossing);  // Frame by frame.
//     if (!arrived) return arrived.error();
//
// Belongs to one thread.
#pragma once

#include "bench/features/loss.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/base/time.h"
#include "runtime/codec/q_codec.h"

#include <nlohmann/json.hpp>

#include <memory>
#include <span>
#include <vector>

namespace tideline {

class CodedFrames {
 public:
  CodedFrames(plan::Codec codec, const task::Task& task) : codec_(codec), loss_(task) {}

  // Returns the tensors of the next frame as the cloud gets them. Bytes and times of the first one do not count.
  Result<std::vector<Tensor>> add(std::span<const Tensor> crossing);

  // Counts an answer to the frame that was added last.
  Result<void> judge(std::span<const Tensor> wanted, std::span<const Tensor> given) { return loss_.add(wanted, given); }

  // Returns the means over the frames that count, and the loss. REQUIRES: there were two frames.
  nlohmann::json told() const;

 private:
  struct Sum {
    std::uint64_t bytes = 0;
    Duration encode{}, decode{};
  };

  // Codes and decodes one tensor, and adds that to `sum`; `before` are the codes of the frame before, or null.
  Result<codec::Decoded> through(const Tensor& tensor, const codec::Codes* before, Sum& sum) const;

  const plan::Codec codec_;
  std::vector<std::shared_ptr<const codec::Codes>> before_;  // Of each tensor of the frame before; empty at first.
  Sum whole_, difference_;
  std::uint32_t frames_ = 0;
  Loss loss_;
};

}  // namespace tideline
