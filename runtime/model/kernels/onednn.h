// oneDNN: direct calls of the library whose convolutions libtorch uses, without libtorch's overhead.
//
// One calling convention for oneDNN 2 and 3. Throws dnnl::error, which is a std::exception. Thread-safe.
#pragma once

#include <ATen/core/Tensor.h>
#include <oneapi/dnnl/dnnl.hpp>

#include <unordered_map>

namespace tideline::kernels::onednn {

using Dims = dnnl::memory::dims;
using Desc = dnnl::memory::desc;
using Tag = dnnl::memory::format_tag;
using Type = dnnl::memory::data_type;
using Arguments = std::unordered_map<int, dnnl::memory>;

const dnnl::engine& engine();
dnnl::stream& stream();  // One per thread.

// REQUIRES: fp32 or bf16.
Type type_of(at::ScalarType type);

// Returns a description of numbers of that shape in that order; with Tag::any, oneDNN may choose the order.
Desc describe(const Dims& shape, Tag tag, Type type = Type::f32);

// Returns a view of the tensor's memory. REQUIRES: `desc` describes that memory.
dnnl::memory view(const at::Tensor& tensor, const Desc& desc);
// Returns a view of a tensor with any strides. REQUIRES: fp32 or bf16, every stride positive.
dnnl::memory view(const at::Tensor& tensor);

// Returns the same numbers in the order of `desc`.
dnnl::memory reordered(const dnnl::memory& from, const Desc& desc);

// Returns the product of two matrices, or of as many pairs as their first size says; `bias` may be empty.
dnnl::matmul::primitive_desc product(const Desc& x, const Desc& weight, const Desc& bias, const Desc& out,
                                     const dnnl::primitive_attr& attributes);

// Returns the attributes of every primitive here: the operations on each result, and that the caller provides the
// working memory.
dnnl::primitive_attr attributes(const dnnl::post_ops& then);

}  // namespace tideline::kernels::onednn
