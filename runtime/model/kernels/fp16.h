// Fp16: tells whether XNNPACK computes in fp16 on this processor.
//
// On arm64 that needs arithmetic in fp16 (ARMv8.2), as Cortex-A76 has it. On x86-64 it needs F16C, FMA and AVX2. Where
// it computes small whole numbers wrongly, it counts as absent: XNNPACK of Debian 13 does so by AVX512-FP16.
// Thread-safe.
#pragma once

namespace tideline::kernels {

bool fp16_is_here();

}  // namespace tideline::kernels
