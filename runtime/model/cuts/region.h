// Region: operators between two neighbouring cuts where the graph cannot be divided. They run as one.
//
// This header shows nothing of libtorch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace tideline::cuts {

struct Region {
  std::uint32_t after = 0;    // The cut before them.
  std::size_t operators = 0;  // Operators that compute, including those inside of branches and loops.
  std::string why;            // The reason, such as "a list is alive".
};

}  // namespace tideline::cuts
