#include "runtime/model/kernels/fp16.h"

#include "runtime/model/kernels/xnnpack.h"
#include "runtime/model/kernels/xnnpack_operator.h"

#include <ATen/Functions.h>

#include <exception>

namespace tideline::kernels {
namespace {

// Only XNNPACK knows what it was built for: it refuses operators that it does not have.
bool makes_operators_of_fp16() {
  try {
    const std::vector<std::int64_t> none{0, 0}, one{1, 1}, two{2, 2};
    const auto weight = at::ones({1, 1, 1, 1}, at::TensorOptions(at::kHalf));
    xnnpack::Operator::convolution({one, one, none, none, one}, 1, weight, {}, kNoLimits);
    xnnpack::Operator::product(weight.reshape({1, 1}), false, {}, kNoLimits);
    xnnpack::Operator::largest({two, two, none, none, one}, 1, at::kHalf);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

bool fp16_is_here() {
  static const bool kHere = makes_operators_of_fp16();
  return kHere;
}

}  // namespace tideline::kernels
