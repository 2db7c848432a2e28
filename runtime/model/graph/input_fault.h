// Whether what libtorch complains of is the fault of the numbers that it was given.
#pragma once

#include <string_view>

namespace tideline {

// Returns true iff no machine would take those numbers: an index is out of range, a matrix is singular, or the
// network's own assertion does not hold. `complaint` is complaint()'s.
bool is_of_input(std::string_view complaint);

}  // namespace tideline
