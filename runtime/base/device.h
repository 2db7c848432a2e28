// Device: where a network computes: on this machine's processor or on one of its GPUs.
//
// Must compile as C++17, like every file that includes libtorch.
#pragma once

#include "runtime/base/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace tideline {

struct Device {
  std::optional<int> gpu;  // CUDA's number of the GPU; absent: the processor.
};

std::string to_string(const Device& device);         // "cpu", "cuda:0"
Result<Device> parse_device(std::string_view text);  // The inverse; "cuda" means "cuda:0".

}  // namespace tideline
