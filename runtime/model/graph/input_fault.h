// InputFault: tells whether the numbers of a request, not the machine, caused libtorch's error.
#pragma once

#include <string_view>

namespace tideline::graph {

// Returns true iff this machine would always refuse those numbers: an index is out of range, a matrix is singular, an
// assertion of the network fails, or a layer in fp16 has a number that is too large for it. `complaint` is the result
// of complaint().
bool is_of_input(std::string_view complaint);

}  // namespace tideline::graph
