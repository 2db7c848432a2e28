// oneDNN called directly: the library whose convolutions libtorch runs as well, without libtorch's way there.
//
// One calling convention over oneDNN 2 and 3. Throws dnnl::error, which is a std::exception. Thread-safe.
#pragma once

#include <ATen/core/Tensor.h>
#include <oneapi/dnnl/dnnl.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tideline::onednn {

using Dims = dnnl::memory::dims;
using Desc = dnnl::memory::desc;
using Tag = dnnl::memory::format_tag;
using Type = dnnl::memory::data_type;
using Arguments = std::unordered_map<int, dnnl::memory>;

const dnnl::engine& engine();

// REQUIRES: fp32 or bf16.
Type type_of(at::ScalarType type);

// Returns a description of numbers of that shape in that order; with Tag::any, oneDNN may choose one.
Desc describe(const Dims& shape, Tag tag, Type type = Type::f32);

// Returns a view of the tensor's memory; REQUIRES: what `desc` describes is what the tensor's memory holds.
dnnl::memory view(const at::Tensor& tensor, const Desc& desc);
// The same of a tensor as it is, whatever its strides. REQUIRES: fp32 or bf16, every stride positive.
dnnl::memory view(const at::Tensor& tensor);

// Returns the same numbers in the order of `desc`.
dnnl::memory reordered(const dnnl::memory& from, const Desc& desc);

// Copies between tensors of one shape, whatever their strides; rounds from fp32 to bf16.
void copy(const at::Tensor& from, const at::Tensor& to);

// Runs it to its end on this thread, with working memory that the thread keeps.
void run(const dnnl::primitive& primitive, const Desc& scratchpad, Arguments arguments);

// Returns the product of two matrices, or of as many pairs of them as their first size says; `bias` may be empty.
dnnl::matmul::primitive_desc product(const Desc& x, const Desc& weight, const Desc& bias, const Desc& out,
                                     const dnnl::primitive_attr& attributes);

// Attributes of every primitive here: what is done to each result, and that run() gives the working memory.
dnnl::primitive_attr attributes(const dnnl::post_ops& then);

// The primitives of one kernel by the shapes that it has met, made at the first of each.
template <typename Prepared>
class ByShape {
 public:
  using Shape = std::vector<std::int64_t>;
  template <typename Make>
  std::shared_ptr<const Prepared> find(const Shape& shape, Make make) const {
    const std::lock_guard lock(m_);
    auto& slot = prepared_[shape];
    if (!slot) slot = std::make_shared<const Prepared>(make());
    return slot;
  }

 private:
  mutable std::mutex m_;
  mutable std::map<Shape, std::shared_ptr<const Prepared>> prepared_;  // Guarded by m_.
};

}  // namespace tideline::onednn
