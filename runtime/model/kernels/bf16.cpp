#include "runtime/model/kernels/bf16.h"

#include <oneapi/dnnl/dnnl.hpp>

namespace tideline::kernels {

// oneDNN's instruction sets are bit sets; a richer set contains all bits of a poorer one.
bool bf16_is_here() {
#if defined(__x86_64__)
  constexpr auto kNeeded = static_cast<unsigned>(dnnl::cpu_isa::avx512_core_bf16);
  return (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & kNeeded) == kNeeded;
#else
  return false;
#endif
}

}  // namespace tideline::kernels
