// XNNPACK: the library that has fast kernels for processors where oneDNN has none.
//
// Thread-safe.
#pragma once

#include <ATen/core/Tensor.h>
#include <pthreadpool.h>

#include <cstdint>

namespace tideline::kernels::xnnpack {

// Returns true iff XNNPACK supports this processor. The first call prepares XNNPACK and libtorch's allocator for it.
bool is_here();

// Returns the threads that operators share, as many as one run may use; null if that is one.
pthreadpool_t threads();

// Returns the memory that XNNPACK has taken on this thread, less what it has given back on it.
std::int64_t memory_of_this_thread();

// Returns the tensor, or a copy of it if the memory behind its end might not be readable: XNNPACK reads up to
// kReadPastEnd bytes too far.
at::Tensor readable(const at::Tensor& tensor);

}  // namespace tideline::kernels::xnnpack
