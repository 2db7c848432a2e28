// Operators that libtorch does not bring along, and that some files need: those of torchvision.
#pragma once

#include "runtime/base/result.h"

#include <string>
#include <string_view>

namespace tideline {

// Returns true iff what libtorch complained of is an operator of torchvision that is not there.
bool needs_torchvision(std::string_view complaint);

// Where Debian's python3-torchvision has its library; it needs no Python.
inline constexpr const char* kTorchvision = "/usr/lib/python3/dist-packages/torchvision/_C*.so";

// Loads torchvision's operators from the file that is called so (`*` is any text) into this process, for good. Returns
// invalid, with what to install, when they are not there or were built for another libtorch. Thread-safe.
Result<void> load_torchvision(const std::string& where = kTorchvision);

}  // namespace tideline
