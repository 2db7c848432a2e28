#include "runtime/model/kernels/xnnpack.h"

#include "runtime/model/graph/torch_settings.h"
#include "runtime/model/kernels/allocation_meter.h"
#include "runtime/model/kernels/images.h"

#include <malloc.h>
#include <xnnpack.h>

#include <cstdlib>

namespace tideline::kernels::xnnpack {
namespace {

static_assert(XNN_EXTRA_BYTES <= kReadPastEnd);

thread_local std::int64_t taken = 0;

void* counted(void* memory) {
  if (memory != nullptr) taken += static_cast<std::int64_t>(::malloc_usable_size(memory));
  return memory;
}

void uncount(void* memory) {
  if (memory != nullptr) taken -= static_cast<std::int64_t>(::malloc_usable_size(memory));
}

void* allocate(void* /*context*/, std::size_t size) {
  return counted(std::malloc(size));
}

void* reallocate(void* /*context*/, void* memory, std::size_t size) {
  uncount(memory);
  return counted(std::realloc(memory, size));
}

void deallocate(void* /*context*/, void* memory) {
  uncount(memory);
  std::free(memory);
}

void* aligned_allocate(void* /*context*/, std::size_t alignment, std::size_t size) {
  void* memory = nullptr;
  return ::posix_memalign(&memory, alignment, size) == 0 ? counted(memory) : nullptr;
}

}  // namespace

bool is_here() {
  static const bool kHere = [] {
    static constexpr xnn_allocator kAllocator{nullptr, allocate, reallocate, deallocate, aligned_allocate, deallocate};
    use_own_allocator();
    return xnn_initialize(&kAllocator) == xnn_status_success;
  }();
  return kHere;
}

pthreadpool_t threads() {
  static auto* const kThreads = [] {
    const int count = graph::torch_threads();
    return count > 1 ? pthreadpool_create(static_cast<std::size_t>(count)) : nullptr;
  }();
  return kThreads;
}

std::int64_t memory_of_this_thread() {
  return taken;
}

at::Tensor readable(const at::Tensor& tensor) {
  return is_from_outside(tensor) ? tensor.clone() : tensor;
}

}  // namespace tideline::kernels::xnnpack
