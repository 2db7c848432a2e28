#include "runtime/model/kernels/activation.h"

#include <ATen/Functions.h>
#include <torch/csrc/jit/ir/constants.h>

#include <limits>
#include <string_view>

namespace tideline::kernels {
namespace {

using torch::jit::Node;

// Returns input i as a number, or `absent` if it is None or missing; nothing if it is not a constant.
std::optional<float> number(const Node& node, std::size_t i, float absent) {
  if (node.inputs().size() <= i) return absent;
  const auto value = torch::jit::toIValue(node.inputs()[i]);
  if (!value || value->isTensor()) return std::nullopt;
  return value->isNone() ? absent : static_cast<float>(value->toScalar().toDouble());
}

std::optional<Activation> clip(const Node& node, float low, float high) {
  const auto from = number(node, 1, low);
  const auto to = number(node, 2, high);
  if (!from || !to || !(*from <= *to)) return std::nullopt;  // oneDNN refuses limits in the wrong order.
  return Activation{dnnl::algorithm::eltwise_clip, *from, *to};
}

bool is_exact_gelu(const Node& node) {
  if (node.inputs().size() < 2) return true;
  const auto how = torch::jit::toIValue(node.inputs()[1]);
  return how && how->isString() && how->toStringRef() == "none";
}

}  // namespace

void Activation::append_to(dnnl::post_ops& then) const {
  if (algorithm == dnnl::algorithm::undef) return;
#if DNNL_VERSION_MAJOR >= 3
  then.append_eltwise(algorithm, alpha, beta);
#else
  then.append_eltwise(1, algorithm, alpha, beta);
#endif
}

at::Tensor Activation::applied_to(const at::Tensor& result) const {
  switch (algorithm) {
    case dnnl::algorithm::eltwise_relu:
      return at::relu(result);
    case dnnl::algorithm::eltwise_clip:
      return at::clamp(result, alpha, beta);
    case dnnl::algorithm::eltwise_swish:
      return at::silu(result);
    case dnnl::algorithm::eltwise_gelu_erf:
      return at::gelu(result);
    default:
      return result;
  }
}

std::optional<ClipLimits> Activation::limits() const {
  switch (algorithm) {
    case dnnl::algorithm::undef:
      return kNoLimits;
    case dnnl::algorithm::eltwise_relu:
      return ClipLimits{0, kNoLimits.high};
    case dnnl::algorithm::eltwise_clip:
      return ClipLimits{alpha, beta};
    default:
      return std::nullopt;
  }
}

std::optional<Activation> activation_of(const Node& node) {
  constexpr auto kMost = std::numeric_limits<float>::max();
  const std::string_view kind = node.kind().toQualString();
  if (kind == "aten::relu") return Activation{dnnl::algorithm::eltwise_relu, 0, 0};
  if (kind == "aten::relu6") return Activation{dnnl::algorithm::eltwise_clip, 0, 6};
  if (kind == "aten::hardtanh") return clip(node, -1, 1);
  if (kind == "aten::clamp") return clip(node, -kMost, kMost);
  if (kind == "aten::silu") return Activation{dnnl::algorithm::eltwise_swish, 1, 0};
  if (kind == "aten::gelu" && is_exact_gelu(node)) return Activation{dnnl::algorithm::eltwise_gelu_erf, 0, 0};
  return std::nullopt;
}

}  // namespace tideline::kernels
