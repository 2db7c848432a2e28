// Operators that libtorch does not bring along, and that some files need: those of torchvision.
#pragma once

#include "runtime/base/result.h"

#include <string_view>

namespace tideline {

// Returns true iff what libtorch complained of is an operator of torchvision that is not there.
bool needs_torchvision(std::string_view complaint);

// Loads torchvision's operators from Debian's package into this process, for good. Returns invalid, with what to
// install, when they are not there or were built for another libtorch. Thread-safe.
Result<void> load_torchvision();

}  // namespace tideline
