#include "runtime/model/kernels/onednn.h"

#include <ATen/Functions.h>

namespace tideline::kernels::onednn {
const dnnl::engine& engine() {
  static const dnnl::engine kEngine(dnnl::engine::kind::cpu, 0);
  return kEngine;
}

dnnl::stream& stream() {
  static thread_local dnnl::stream stream(engine());
  return stream;
}

Type type_of(at::ScalarType type) {
  return type == at::kBFloat16 ? Type::bf16 : Type::f32;
}

Desc describe(const Dims& shape, Tag tag, Type type) {
  return {shape, type, tag};
}

dnnl::memory view(const at::Tensor& tensor, const Desc& desc) {
  return {desc, engine(), tensor.data_ptr()};
}

dnnl::memory view(const at::Tensor& tensor) {
  return view(tensor, Desc(tensor.sizes().vec(), type_of(tensor.scalar_type()), tensor.strides().vec()));
}

dnnl::memory reordered(const dnnl::memory& from, const Desc& desc) {
  dnnl::memory to(desc, engine());
  dnnl::reorder(from, to).execute(stream(), const_cast<dnnl::memory&>(from), to);
  stream().wait();
  return to;
}

dnnl::matmul::primitive_desc product(const Desc& x, const Desc& weight, const Desc& bias, const Desc& out,
                                     const dnnl::primitive_attr& attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return {engine(), x, weight, bias, out, attributes};
#else
  return {{x, weight, bias, out}, attributes, engine()};
#endif
}

dnnl::primitive_attr attributes(const dnnl::post_ops& then) {
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(then);
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

}  // namespace tideline::kernels::onednn
