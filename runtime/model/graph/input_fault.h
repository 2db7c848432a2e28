// InputFault: tells whether the numbers of a request, not the machine, caused libtorch's error.
#pragma once

#include <string_view>

namespace tideline::graph {

// Returns true iff every machine would refuse those numbers: an index is out of range, a matrix is singular, or an
// assertion of the network fails. `complaint` is the result of complaint().
bool is_of_input(std::string_view complaint);

}  // namespace tideline::graph
