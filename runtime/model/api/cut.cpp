#include "runtime/model/api/cut.h"

#include <algorithm>
#include <limits>

namespace tideline::model {
namespace {

Bytes bytes_of(const std::vector<TensorSpec>& tensors) {
  Bytes sum;
  for (const TensorSpec& tensor : at_batch(tensors, 1)) {
    const auto bytes = byte_count(tensor.dtype, tensor.shape);
    sum.count += bytes ? bytes->count : 0;
  }
  return sum;
}

}  // namespace

void number_and_compare(std::vector<Cut>& cuts) {
  Bytes least{std::numeric_limits<std::uint64_t>::max()};
  for (std::uint32_t i = 0; i < cuts.size(); ++i) {
    cuts[i].index = i;
    cuts[i].bytes = bytes_of(cuts[i].tensors);
    cuts[i].dominated = least <= cuts[i].bytes;
    least = std::min(least, cuts[i].bytes);
  }
  cuts.back().bytes = {};
  cuts.back().dominated = false;
}

}  // namespace tideline::model
