#include "runtime/model/call.h"

#include <ATen/Functions.h>

namespace tideline::onednn {
namespace {

// Working memory of this thread, as large as the largest need so far.
void* working_memory(std::size_t size) {
  static thread_local at::Tensor memory;
  if (!memory.defined() || memory.nbytes() < size) {
    memory = at::empty({static_cast<std::int64_t>(size)}, at::TensorOptions(at::kByte));
  }
  return memory.data_ptr();
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
  if (const auto size = working_.get_size(); size > 0)
    arguments.at(DNNL_ARG_SCRATCHPAD).set_data_handle(working_memory(size));
  primitive_.execute(stream(), arguments);
  stream().wait();
  const std::lock_guard lock(m_);
  idle_.push_back(std::move(arguments));
}

}  // namespace tideline::onednn
