// Complaint: an exception of libtorch as one readable line.
#pragma once

#include <exception>
#include <string>

namespace tideline::graph {

// Returns the first line that names the fault, without stack traces and without places in libtorch's sources.
std::string complaint(const std::exception& thrown);

}  // namespace tideline::graph
