// Priority: which of several waiting requests goes first: that of the smallest number, 1 before all others.
//
// As in Triton's schedule policy extension. A value; thread-safe.
#pragma once

#include <cstdint>

namespace tideline {

using Priority = std::uint32_t;

inline constexpr Priority kFirstPriority = 1;   // No request has 0.
inline constexpr Priority kUsualPriority = 10;  // Of a request that names none: there is room above and below.

}  // namespace tideline
