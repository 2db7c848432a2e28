// Fp16Numbers: passes over numbers in fp16, by vector instructions.
//
// fp16 has no number beyond kMostFp16. Each function returns false iff a result, or a number that was fp16 before, is
// beyond it or is no number; results are undefined then. Addresses of fp16 have two bytes per number.
#pragma once

#include "runtime/model/kernels/activation.h"

#include <cstdint>

namespace tideline::kernels {

inline constexpr float kMostFp16 = 65504;

// Rounds to the nearest, ties to even.
bool to_fp16(const float* from, std::int64_t count, void* to);
bool to_fp32(const void* from, std::int64_t count, float* to);

// Writes numbers of fp16, or adds them to those of `to`, and limits the results. The arithmetic is fp32. In the first,
// `to` is fp16, too, and may be `from`.
bool settle_in_fp16(const void* from, std::int64_t count, bool adds, ClipLimits limits, void* to);
bool settle_in_fp32(const void* from, std::int64_t count, bool adds, ClipLimits limits, float* to);

}  // namespace tideline::kernels
