// Manner: how a network is to compute here.
#pragma once

#include "runtime/base/precision.h"

namespace tideline {

struct Manner {
  Precision precision = Precision::fp32;
  // No weights are kept in a larger form than they have, where that would be the faster one.
  bool spares_memory = false;
};

}  // namespace tideline
