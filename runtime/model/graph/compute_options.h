// ComputeOptions: how a network is to compute here.
#pragma once

#include "runtime/base/precision.h"

#include <string>

namespace tideline {

struct ComputeOptions {
  Precision precision = Precision::fp32;
  // In libtorch's words; elsewhere than on the processor libtorch's operators compute.
  std::string device = "cpu";
  // Whether oneDNN may compute, where it is fast.
  bool kernels = true;
  // No weights are kept in a larger form than they have, where that would be the faster one.
  bool spares_memory = false;
};

}  // namespace tideline
