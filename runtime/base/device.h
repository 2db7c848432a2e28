// Device: where a network computes: on this machine's processor, or on one of its GPUs.
//
// Reads as C++17, as do the files that include libtorch.
#pragma once

#include "runtime/base/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace tideline {

struct Device {
  std::optional<int> gpu;  // As CUDA counts them; absent: the processor.
};

std::string to_string(const Device& device);         // "cpu", "cuda:0"
Result<Device> parse_device(std::string_view text);  // The inverse; "cuda" is "cuda:0".

}  // namespace tideline
