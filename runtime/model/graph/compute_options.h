// ComputeOptions: how a network computes on this machine: device, precision, kernels, memory.
#pragma once

#include "runtime/base/kernel_choice.h"
#include "runtime/base/precision.h"

#include <string>

namespace tideline::graph {

struct ComputeOptions {
  Precision precision = Precision::fp32;
  // libtorch's name of the device. On devices other than the processor, libtorch's operators compute.
  std::string device = "cpu";
  // On the processor. A network that cannot be lowered runs by libtorch's operators anyway.
  KernelChoice kernels = KernelChoice::automatic;
  // Keeps no weights in a larger form than they have, even where that would be faster.
  bool spares_memory = false;
};

}  // namespace tideline::graph
