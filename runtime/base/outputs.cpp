#include "runtime/base/outputs.h"

namespace tideline {

Result<void> check_outputs(std::span<const TensorSpec> wanted, std::span<const TensorSpec> given) {
  if (given.size() != wanted.size())
    return error(ErrorKind::corrupt, "the answer has {} outputs, but the network returns {}", given.size(),
                 wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (given[i].dtype == wanted[i].dtype && given[i].shape == wanted[i].shape) continue;
    return error(ErrorKind::corrupt, "output {} of the answer is {}, but the network returns {}", i,
                 to_string(given[i]), to_string(wanted[i]));
  }
  return {};
}

std::vector<TensorSpec> specs_of(std::span<const Tensor> tensors) {
  std::vector<TensorSpec> specs;
  specs.reserve(tensors.size());
  for (const Tensor& tensor : tensors) specs.push_back({"", tensor.dtype(), tensor.shape()});
  return specs;
}

}  // namespace tideline
