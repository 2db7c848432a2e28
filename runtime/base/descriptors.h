// Descriptors: how many files this process may open, and how many connections it may hold.
#pragma once

#include <cstddef>

namespace tideline {

// Raises this process's limit of open files to the system's maximum, if it is lower. Call at the start.
void allow_many_files();

// Returns how many connections all listeners of this process may hold together. Some descriptors are kept for other
// files.
std::size_t most_connections();

}  // namespace tideline
