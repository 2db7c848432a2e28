// Halves: libtorch's side of a Split.
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/graph/raw_tensor.h"

#include <string>
#include <vector>

namespace tideline {

struct HalvesPlan {
  std::string network;            // The file that is divided.
  std::vector<RawSpec> inputs;    // Of the network.
  std::vector<RawSpec> crossing;  // What crosses, by the names of the values.
  std::string head;               // Files that are written.
  std::string tail;
};

// Returns invalid when the network as written cannot be computed from just `crossing`.
Result<void> write_halves(const HalvesPlan& plan);

}  // namespace tideline
