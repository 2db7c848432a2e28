// Whether this processor multiplies bf16 by instructions of its own: AVX-512 BF16 or AMX.
#pragma once

namespace tideline {

bool bf16_is_here();

}  // namespace tideline
