// Halves: the libtorch part of Split: writes head and tail of a network as two files.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/tensor.h"

#include <string>
#include <vector>

namespace tideline::model {

struct HalvesPlan {
  std::string network;               // The file that is split.
  std::vector<TensorSpec> inputs;    // Inputs of the network.
  std::vector<TensorSpec> crossing;  // The crossing tensors, by the names of their values.
  std::string head;                  // The files to write.
  std::string tail;
};

// Returns invalid when `crossing` is not enough to compute the rest of the network as written.
Result<void> write_halves(const HalvesPlan& plan);

}  // namespace tideline::model
