#include "runtime/model/graph/input_fault.h"

#include <algorithm>
#include <array>

namespace tideline::graph {

// Only the text tells: every exception that leaves libtorch's interpreter is a std::runtime_error.
bool is_of_input(std::string_view complaint) {
  static constexpr std::array<std::string_view, 8> kWords{
      "out of range",    "out of bounds",     "AssertionError",     "is singular",
      "ivision by zero", "positive-definite", "probability tensor", "fp16 does not have"};
  return std::ranges::any_of(kWords, [&](std::string_view words) { return complaint.find(words) != complaint.npos; });
}

}  // namespace tideline::graph
