// Operators: loads torchvision's operators, which some files need and libtorch lacks.
#pragma once

#include "runtime/base/result.h"

#include <string>
#include <string_view>

namespace tideline::graph {

// Returns true iff libtorch's `complaint` is about a missing operator of torchvision.
bool needs_torchvision(std::string_view complaint);

// Path of the library in Debian's python3-torchvision; it needs no Python.
inline constexpr const char* kTorchvision = "/usr/lib/python3/dist-packages/torchvision/_C*.so";

// Loads torchvision's operators permanently from the file `where` (`*` is any text). Returns invalid, with the package
// to install, when the file is missing or was built for another libtorch. Thread-safe.
Result<void> load_torchvision(const std::string& where = kTorchvision);

}  // namespace tideline::graph
