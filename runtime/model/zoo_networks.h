// The zoo's networks, and how they are written. Nothing of libtorch shows here.
#pragma once

#include "runtime/base/result.h"

#include <cstdint>
#include <string>

namespace tideline {

// Each writes one network with its `inputs.json`. Returns internal when libtorch or the disk fails.
Result<void> write_alexnet(std::uint64_t seed, const std::string& file);    // torchvision's, 61 M weights.
Result<void> write_lenet(std::uint64_t seed, const std::string& file);      // LeNet-5 for 28x28 grey images.
Result<void> write_mobilenet(std::uint64_t seed, const std::string& file);  // MobileNet v1, width 1.

}  // namespace tideline
