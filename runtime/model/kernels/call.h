// Call: a primitive of oneDNN with its arguments, made once per shape of input and used again and again.
//
// What stays from run to run, weights for one, is bound once; only the memory read and the memory written change.
// Thread-safe.
#pragma once

#include "runtime/model/kernels/onednn.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace tideline::onednn {

class Call {
 public:
  // `described` is what `primitive` was made of; its working memory is given by run().
  template <typename PrimitiveDesc>
  Call(dnnl::primitive primitive, const PrimitiveDesc& described, Arguments constant)
      : primitive_(std::move(primitive)),
        source_(described.src_desc()),
        target_(described.dst_desc()),
        working_(described.scratchpad_desc()),
        constant_(std::move(constant)) {}

  // Runs it to its end on this thread. REQUIRES: the tensors' memory is as the primitive's source and target.
  void run(const at::Tensor& from, const at::Tensor& to) const;

 private:
  Arguments take() const;  // A set of arguments that nobody uses.

  const dnnl::primitive primitive_;
  const Desc source_, target_, working_;
  const Arguments constant_;
  mutable std::mutex m_;
  mutable std::vector<Arguments> idle_;  // Guarded by m_.
};

// Gives back what calls keep of working memory, for the next to run on whichever thread, and do not use now.
void forget_working_memory();

// The calls of one kernel by the shapes that it has met, made at the first of each.
class Calls {
 public:
  using Shape = std::vector<std::int64_t>;

  // `make` returns std::shared_ptr<const Call>.
  template <typename Make>
  std::shared_ptr<const Call> find(const Shape& shape, Make make) const {
    const std::lock_guard lock(m_);
    auto& slot = calls_[shape];
    if (!slot) slot = make();
    return slot;
  }

 private:
  mutable std::mutex m_;
  mutable std::map<Shape, std::shared_ptr<const Call>> calls_;  // Guarded by m_.
};

// Copies between tensors of one shape, whatever their strides; rounds from fp32 to bf16.
void copy(const at::Tensor& from, const at::Tensor& to);

}  // namespace tideline::onednn
