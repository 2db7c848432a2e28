#include "runtime/model/kernels/call.h"

#include <ATen/Functions.h>

namespace tideline::kernels::onednn {
namespace {

// Unused working memory: as many blocks as primitives ever ran at once, each as large as its largest use. The last used
// block is the next to be used, because it is still in the caches.
class KeptMemory {
 public:
  at::Tensor take(std::int64_t size) {
    at::Tensor memory = last();
    if (memory.defined() && memory.numel() >= size) return memory;
    memory = at::Tensor();  // Freed first, so that both never exist at once.
    return at::empty({size}, at::TensorOptions(at::kByte));
  }
  void give(at::Tensor memory) {
    const std::lock_guard lock(m_);
    kept_.push_back(std::move(memory));
  }
  void forget() {
    const std::lock_guard lock(m_);
    kept_.clear();
  }

 private:
  at::Tensor last() {
    const std::lock_guard lock(m_);
    if (kept_.empty()) return {};
    auto memory = std::move(kept_.back());
    kept_.pop_back();
    return memory;
  }

  std::mutex m_;
  std::vector<at::Tensor> kept_;  // Guarded by m_.
};

KeptMemory& kept_memory() {
  static auto* const kKept = new KeptMemory;  // Never destroyed: threads may run until the process ends.
  return *kKept;
}

Desc lying(const at::Tensor& tensor) {
  return {tensor.sizes().vec(), type_of(tensor.scalar_type()), tensor.strides().vec()};
}

Calls::Shape shape_of(const at::Tensor& from, const at::Tensor& to) {
  Calls::Shape shape{static_cast<std::int64_t>(from.scalar_type()), static_cast<std::int64_t>(to.scalar_type())};
  for (const auto numbers : {from.sizes(), from.strides(), to.strides()}) {
    shape.insert(shape.end(), numbers.begin(), numbers.end());
  }
  return shape;
}

}  // namespace

Arguments Call::take() const {
  {
    const std::lock_guard lock(m_);
    if (!idle_.empty()) {
      auto arguments = std::move(idle_.back());
      idle_.pop_back();
      return arguments;
    }
  }
  Arguments arguments = constant_;
  arguments.insert({{DNNL_ARG_SRC, dnnl::memory(source_, engine(), nullptr)},
                    {DNNL_ARG_DST, dnnl::memory(target_, engine(), nullptr)},
                    {DNNL_ARG_SCRATCHPAD, dnnl::memory(working_, engine(), nullptr)}});
  return arguments;
}

void Call::run(const at::Tensor& from, const at::Tensor& to) const {
  auto arguments = take();
  arguments.at(DNNL_ARG_SRC).set_data_handle(from.data_ptr());
  arguments.at(DNNL_ARG_DST).set_data_handle(to.data_ptr());
  at::Tensor working;
  if (const auto size = working_.get_size(); size > 0) {
    working = kept_memory().take(static_cast<std::int64_t>(size));
    arguments.at(DNNL_ARG_SCRATCHPAD).set_data_handle(working.data_ptr());
  }
  primitive_.execute(stream(), arguments);
  stream().wait();
  if (working.defined()) kept_memory().give(std::move(working));
  const std::lock_guard lock(m_);
  idle_.push_back(std::move(arguments));
}

void copy(const at::Tensor& from, const at::Tensor& to) {
  static auto* const kCopies = new Calls;  // Never destroyed: threads may run until the process ends.
  const auto call = kCopies->find(shape_of(from, to), [&] {
    const dnnl::reorder::primitive_desc described(engine(), lying(from), engine(), lying(to));
    return std::make_shared<const Call>(dnnl::reorder(described), described, Arguments());
  });
  call->run(from, to);
}

void forget_working_memory() {
  kept_memory().forget();
}

}  // namespace tideline::kernels::onednn
