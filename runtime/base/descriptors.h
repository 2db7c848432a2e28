// Descriptors: how many files this process may have open, and how many connections that leaves room for.
#pragma once

#include <cstddef>

namespace tideline {

// Lets this process open as many files as the system allows it at most, where it began with fewer. Call at the start.
void allow_many_files();

// Returns how many connections this process may hold, of all its doors together: some files are kept for what else is
// opened.
std::size_t most_connections();

}  // namespace tideline
