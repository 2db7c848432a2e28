// What libtorch says of itself, and its process-wide settings.
#pragma once

#include <string>

namespace tideline {

std::string torch_version();  // "1.13.1"
std::string torch_simd();     // "AVX2": the vector instructions that its own kernels use here.
int torch_threads();          // How many threads one run may use.
void set_torch_threads(int threads);

// Makes the calling thread keep to that number. OpenMP has one for each thread, and libtorch passes its own on only
// where it starts a team itself: oneDNN, called directly, would take all cores, and wait at every step for those that
// are busy.
void keep_to_torch_threads();

// While a network is loaded: what is let go then goes back to the system at once, and weights lie apart, so that runs
// find the rest of memory in one piece.
//
// From then on the C library keeps memory that a run gives back, for the next: to ask the kernel for it again costs up
// to a tenth of a run, in page faults. All threads share what is kept: else each that ever ran a network would keep as
// much.
class LoadingMemory {
 public:
  LoadingMemory();
  ~LoadingMemory();
  LoadingMemory(const LoadingMemory&) = delete;
  LoadingMemory& operator=(const LoadingMemory&) = delete;
};

}  // namespace tideline
