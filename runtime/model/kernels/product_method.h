// Product methods: rows of numbers times constant weights, by each library.
#pragma once

#include "runtime/model/kernels/activation.h"
#include "runtime/model/kernels/method.h"

#include <ATen/core/Tensor.h>

#include <memory>

namespace tideline::kernels {

struct ProductPlan {
  at::Tensor weight;  // fp32 [out, in].
  at::Tensor bias;    // fp32 [out]; undefined if there is none.
  Activation then;
};

// From rows [..., in] to [..., out], both row-major. oneDNN's also takes bf16 for either.
std::unique_ptr<const Method> make_onednn_product(const ProductPlan& plan);
std::unique_ptr<const Method> make_xnnpack_product(const ProductPlan& plan);
// From fp16, to fp16 or fp32.
std::unique_ptr<const Method> make_xnnpack_fp16_product(const ProductPlan& plan);

// Several products at once: from [planes, rows, in] to [planes, rows, out], all fp32. `weights`: [planes, in, out].
std::unique_ptr<const Method> make_onednn_products(const at::Tensor& weights);
std::unique_ptr<const Method> make_xnnpack_products(const at::Tensor& weights);

}  // namespace tideline::kernels
