#include "runtime/model/kernels/library.h"

#include "runtime/model/kernels/xnnpack.h"

#include <oneapi/dnnl/dnnl.hpp>

namespace tideline::kernels {
namespace {

// On other processors oneDNN has only slow kernels for channels last.
bool onednn_is_fast_here() {
#if defined(__x86_64__)
  return dnnl::get_effective_cpu_isa() >= dnnl::cpu_isa::avx2;
#else
  return false;
#endif
}

}  // namespace

KernelChoice fastest_kernels() {
  if (onednn_is_fast_here()) return KernelChoice::onednn;
  return xnnpack::is_here() ? KernelChoice::xnnpack : KernelChoice::libtorch;
}

Result<KernelChoice> settle(KernelChoice wanted, Precision precision) {
  if (wanted == KernelChoice::automatic && precision == Precision::fp16) wanted = KernelChoice::xnnpack;
  if (wanted == KernelChoice::automatic) return fastest_kernels();
  if (wanted != KernelChoice::xnnpack || xnnpack::is_here()) return wanted;
  return error(ErrorKind::invalid, "XNNPACK does not support this processor; set compute.kernels = \"auto\"");
}

}  // namespace tideline::kernels
