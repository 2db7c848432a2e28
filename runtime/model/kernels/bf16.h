// Bf16: tells whether this processor has instructions that multiply bf16: AVX-512 BF16 or AMX.
#pragma once

namespace tideline::kernels {

bool bf16_is_here();

}  // namespace tideline::kernels
