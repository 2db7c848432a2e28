// Call: a oneDNN primitive with its arguments, made once per input shape and reused.
//
// Constant arguments, such as weights, are bound once; only source and target memory change from run to run.
// Thread-safe.
#pragma once

#include "runtime/model/kernels/onednn.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace tideline::kernels::onednn {

class Call {
 public:
  // `described` is the description of `primitive`; run() provides the working memory.
  template <typename PrimitiveDesc>
  Call(dnnl::primitive primitive, const PrimitiveDesc& described, Arguments constant)
      : primitive_(std::move(primitive)),
        source_(described.src_desc()),
        target_(described.dst_desc()),
        working_(described.scratchpad_desc()),
        constant_(std::move(constant)) {}

  // Runs to completion on this thread. REQUIRES: the tensors match the primitive's source and target in memory.
  void run(const at::Tensor& from, const at::Tensor& to) const;

 private:
  Arguments take() const;  // Returns an unused set of arguments.

  const dnnl::primitive primitive_;
  const Desc source_, target_, working_;
  const Arguments constant_;
  mutable std::mutex m_;
  mutable std::vector<Arguments> idle_;  // Guarded by m_.
};

// Frees the working memory that calls keep for later runs on any thread and do not use now.
void forget_working_memory();

// The calls of one kernel, one per shape, each made on first use.
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

// Copies between tensors of one shape and any strides; rounds from fp32 to bf16.
void copy(const at::Tensor& from, const at::Tensor& to);

}  // namespace tideline::kernels::onednn
