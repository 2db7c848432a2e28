// TorchSettings: libtorch's version, and its process-wide settings.
#pragma once

#include "runtime/base/large_blocks.h"

#include <string>

namespace tideline::graph {

std::string torch_version();  // "1.13.1"
std::string torch_simd();     // "AVX2": the vector instructions that libtorch's kernels use here.
int torch_threads();          // Threads that one run may use.
void set_torch_threads(int threads);

// Applies that number of threads to the calling thread. OpenMP has one setting per thread, and libtorch sets it only
// where it starts a team itself. oneDNN, called directly, would use all cores, and wait at every step for busy ones.
void keep_to_torch_threads();

// Memory settings while a network loads: freed memory returns to the system at once, and weights lie apart, so that
// runs find the rest of memory unfragmented.
//
// Afterwards the C library keeps the memory that a run frees, for the next run, as LargeBlocks keep that of large
// tensors: new memory would cost a tenth of a run in page faults, or several runs on a virtual machine. All threads
// share it; otherwise each thread that ever ran a network would keep as much.
class LoadingMemory {
 public:
  LoadingMemory();
  ~LoadingMemory();
  LoadingMemory(const LoadingMemory&) = delete;
  LoadingMemory& operator=(const LoadingMemory&) = delete;

 private:
  const LargeBlocks::Pause pause_{large_blocks()};
};

}  // namespace tideline::graph
