// KeptFrame: the codes of one answered frame of a stream; later frames may come as differences to them. A value.
#pragma once

#include "runtime/base/budget.h"
#include "runtime/codec/q_codes.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace tideline::cloud {

// Of the tensors of a cut, in its order; null for a tensor that crosses unchanged.
using TensorCodes = std::vector<std::shared_ptr<const codec::Codes>>;

struct KeptFrame {
  TensorCodes codes;
  std::uint32_t batch = 1;
  Budget::Held held;  // Counts them while a request still refers to them, too.
};

}  // namespace tideline::cloud
