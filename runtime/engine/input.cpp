#include "runtime/engine/input.h"

#include <algorithm>

namespace tideline::engine {

std::int64_t Input::batch() const {
  if (is_image()) return static_cast<std::int64_t>(files_.size());
  if (tensors_.empty() || tensors_[0].shape().empty()) return 1;
  return std::max<std::int64_t>(tensors_[0].shape()[0], 1);
}

Result<std::span<const Tensor>> Input::tensors() {
  if (!is_ready()) {
    Result<Tensor> input = codec::input_of(files_, *taken_);
    if (!input) return input.error();
    tensors_.push_back(*std::move(input));
  }
  return ready();
}

}  // namespace tideline::engine
