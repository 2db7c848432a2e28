// KernelChoice: the library whose kernels compute a network on this machine's processor.
//
// Must compile as C++17, like every file that includes libtorch.
#pragma once

#include "runtime/base/result.h"

#include <cstdint>
#include <string_view>

namespace tideline {

enum class KernelChoice : std::uint8_t {
  automatic,  // The fastest of those below on this processor.
  onednn,
  xnnpack,
  libtorch,  // No kernels: libtorch's own operators.
};

std::string_view name(KernelChoice choice);                       // "xnnpack"; "auto" for automatic.
Result<KernelChoice> parse_kernel_choice(std::string_view text);  // The inverse of name().

}  // namespace tideline
