// Library: the library that computes a network's kernels, and the choice of it for this processor.
//
// Thread-safe.
#pragma once

#include "runtime/base/kernel_choice.h"
#include "runtime/base/precision.h"

#include <cstdint>

namespace tideline::kernels {

enum class Library : std::uint8_t { onednn, xnnpack };

// Returns what is fastest on this processor: oneDNN where it has AVX2; else XNNPACK; else libtorch's operators.
KernelChoice fastest_kernels();

// Returns the choice with `automatic` replaced by the fastest that has the precision. Returns invalid when XNNPACK is
// wanted but does not support this processor.
Result<KernelChoice> settle(KernelChoice wanted, Precision precision = Precision::fp32);

}  // namespace tideline::kernels
