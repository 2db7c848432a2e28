// RawTensor: a Tensor on its way into libtorch and out of it.
//
// Tensor's header needs C++20, and the files that include libtorch must also read as C++17: this is what both sides
// see.
#pragma once

#include "runtime/base/dtype.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tideline::graph {

struct RawSpec {
  std::string name;
  DType dtype = DType::fp32;
  std::vector<std::int64_t> shape;
};

// Dense, row-major, immutable; the memory is shared.
struct RawTensor {
  DType dtype = DType::fp32;
  std::vector<std::int64_t> shape;
  std::shared_ptr<const std::byte> data;
  std::size_t size = 0;  // Bytes.
};

}  // namespace tideline::graph
