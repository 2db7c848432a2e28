#include "runtime/model/kernels/xnnpack.h"

#include "runtime/model/graph/torch_settings.h"
#include "runtime/model/kernels/allocation_meter.h"
#include "runtime/model/kernels/images.h"

#include <xnnpack.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace tideline::kernels::xnnpack {
namespace {

static_assert(XNN_EXTRA_BYTES <= kReadPastEnd);

thread_local std::int64_t taken = 0;

// Stands before the memory that XNNPACK gets. What malloc_usable_size() says differs from one time to the next.
struct Header {
  std::size_t size;    // As XNNPACK asked for.
  std::size_t offset;  // Of that memory in its block.
};

Header& header_of(void* memory) {
  return static_cast<Header*>(memory)[-1];
}

void* aligned_allocate(void* /*context*/, std::size_t alignment, std::size_t size) {
  const std::size_t offset = std::max(alignment, sizeof(Header));
  void* block = nullptr;
  if (size > SIZE_MAX - offset || ::posix_memalign(&block, offset, offset + size) != 0) return nullptr;
  void* const memory = static_cast<char*>(block) + offset;
  header_of(memory) = {size, offset};
  taken += static_cast<std::int64_t>(size);
  return memory;
}

void* allocate(void* /*context*/, std::size_t size) {
  return aligned_allocate(nullptr, sizeof(Header), size);
}

void deallocate(void* /*context*/, void* memory) {
  if (memory == nullptr) return;
  const Header header = header_of(memory);
  taken -= static_cast<std::int64_t>(header.size);
  std::free(static_cast<char*>(memory) - header.offset);
}

void* reallocate(void* /*context*/, void* memory, std::size_t size) {
  void* const moved = allocate(nullptr, size);
  if (moved == nullptr || memory == nullptr) return moved;
  std::memcpy(moved, memory, std::min(size, header_of(memory).size));
  deallocate(nullptr, memory);
  return moved;
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
