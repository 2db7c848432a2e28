#include "runtime/model/zoo/plain_layers.h"
#include "runtime/model/zoo/zoo_plans.h"

namespace tideline::zoo {
namespace {

constexpr double kMobilenetEpsilon = 1e-3;

// Adds a convolution called `name`, then a normalisation and an activation.
void add(LayerFactory& w, Parts& parts, const std::string& name, const Convolution& shape) {
  parts.emplace_back(name, w.convolution(shape));
  parts.emplace_back(name + "_bn", w.batch_norm(shape.out, kMobilenetEpsilon));
  parts.emplace_back(name + "_relu", w.function("ReLU6", "torch.relu6(x)"));
}

// One filter per channel, then a mix of the channels at each point. Where Keras halves the size, it pads only the right
// and lower edges.
void add_separable(LayerFactory& w, Parts& parts, int number, const Convolution& shape) {
  const bool halves = shape.stride == 2;
  if (halves) parts.emplace_back(fmt::format("conv_pad_{}", number), pad(w, {0, 1}));
  add(w, parts, fmt::format("conv_dw_{}", number),
      {shape.in, shape.in, 3, shape.stride, halves ? 0 : 1, shape.in, false});
  add(w, parts, fmt::format("conv_pw_{}", number), {shape.in, shape.out, 1, 1, 0, 1, false});
}

}  // namespace

Layer mobilenet(LayerFactory& w) {
  Parts parts{{"conv1_pad", pad(w, {0, 1})}};
  add(w, parts, "conv1", {3, 32, 3, 2, 0, 1, false});
  std::int64_t channels = 32;
  int number = 0;
  for (const std::int64_t out : {64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024}) {
    const bool halves = out > channels && channels > 32;  // More channels at half the size, except for the first block.
    add_separable(w, parts, ++number, {channels, out, 3, halves ? 2 : 1});
    channels = out;
  }
  parts.emplace_back("avg_pool", average_to(w, 1));
  parts.emplace_back("conv_preds", w.convolution({channels, 1000, 1}));
  parts.emplace_back("flatten", flatten(w));
  return w.sequence("MobileNet", parts);
}

}  // namespace tideline::zoo
