#include "runtime/model/kernels/fp16.h"

#include "runtime/model/kernels/xnnpack.h"
#include "runtime/model/kernels/xnnpack_operator.h"

#include <ATen/Functions.h>

#include <cstdint>
#include <exception>
#include <vector>

namespace tideline::kernels {
namespace {

// Two whole groups of 64 outputs, and a rest.
constexpr std::int64_t kIn = 3, kOut = 129, kRows = 2;

// Returns small whole numbers: products and sums of so few of them are exact in fp16.
at::Tensor numbers(std::int64_t rows, std::int64_t columns) {
  return at::remainder(at::arange(rows * columns), 7).sub(3).reshape({rows, columns}).to(at::kHalf);
}

// Only XNNPACK knows what it was built for: it refuses operators that it does not have. That of 2024, in Debian 13, has
// some that compute wrongly where the processor has AVX512-FP16, so this computes something first.
bool computes_in_fp16() {
  try {
    const std::vector<std::int64_t> none{0, 0}, one{1, 1}, two{2, 2};
    const auto weight = numbers(kOut, kIn), bias = numbers(1, kOut).reshape({kOut}), x = numbers(kRows, kIn);
    const auto rows = xnnpack::readable(x);
    const auto product = at::empty({kRows, kOut}, at::TensorOptions(at::kHalf)), image = at::empty_like(product);
    xnnpack::Operator::product(weight, false, bias, kNoLimits)->run_rows(kRows, rows.data_ptr(), product.data_ptr());
    xnnpack::Operator::convolution({one, one, none, none, one}, 1, weight.reshape({kOut, 1, 1, kIn}), bias, kNoLimits)
        ->run_images(rows.reshape({1, 1, kRows, kIn}).permute({0, 3, 1, 2}),
                     image.reshape({1, 1, kRows, kOut}).permute({0, 3, 1, 2}));
    xnnpack::Operator::largest({two, two, none, none, one}, 1, at::kHalf);
    const auto right = at::addmm(bias.to(at::kFloat), x.to(at::kFloat), weight.to(at::kFloat).t());
    return at::equal(product.to(at::kFloat), right) && at::equal(image.to(at::kFloat), right);
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

bool fp16_is_here() {
  static const bool kHere = computes_in_fp16();
  return kHere;
}

}  // namespace tideline::kernels
