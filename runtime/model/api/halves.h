// Halves: the libtorch part of Split: writes head and tail of a network as two files.
#pragma once

#include "runtime/base/result.h"
#include "runtime/model/graph/raw_tensor.h"

#include <string>
#include <vector>

namespace tideline::model {

struct HalvesPlan {
  std::string network;                   // The file that is split.
  std::vector<graph::RawSpec> inputs;    // Inputs of the network.
  std::vector<graph::RawSpec> crossing;  // The crossing tensors, by the names of their values.
  std::string head;                      // The files to write.
  std::string tail;
};

// Returns invalid when `crossing` is not enough to compute the rest of the network as written.
Result<void> write_halves(const HalvesPlan& plan);

}  // namespace tideline::model
