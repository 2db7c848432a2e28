// The networks without branches: AlexNet, LeNet, VGG.
#include "runtime/model/zoo/plain_layers.h"
#include "runtime/model/zoo/zoo_plans.h"

#include <algorithm>

namespace tideline::zoo {
namespace {

// `depth` convolutions of one width; the pooling after them halves the size.
Layer vgg_block(LayerFactory& w, std::int64_t in, std::int64_t out, int depth) {
  Parts parts;
  for (int i = 1; i <= depth; ++i) {
    parts.emplace_back(fmt::format("conv{}", i), w.convolution({i == 1 ? in : out, out, 3, 1, 1}));
    parts.emplace_back(fmt::format("relu{}", i), relu(w));
  }
  parts.emplace_back("pool", max_pool(w, {2, 2}));
  return w.sequence("Block", parts);
}

Layer vgg(LayerFactory& w, const std::vector<int>& depths) {
  Parts parts;
  std::int64_t channels = 3;
  for (const int depth : depths) {
    const auto out = channels == 3 ? 64 : std::min<std::int64_t>(2 * channels, 512);
    parts.emplace_back(fmt::format("block{}", parts.size() + 1), vgg_block(w, channels, out, depth));
    channels = out;
  }
  parts.emplace_back("flatten", flatten(w));
  parts.emplace_back("fc1", w.linear(channels * 7 * 7, 4096));
  parts.emplace_back("fc1_relu", relu(w));
  parts.emplace_back("fc2", w.linear(4096, 4096));
  parts.emplace_back("fc2_relu", relu(w));
  parts.emplace_back("predictions", w.linear(4096, 1000));
  return w.sequence("VGG", parts);
}

}  // namespace

Layer alexnet(LayerFactory& w) {
  const auto features = w.numbered({w.convolution({3, 64, 11, 4, 2}), relu(w), max_pool(w, {3, 2}),
                                    w.convolution({64, 192, 5, 1, 2}), relu(w), max_pool(w, {3, 2}),
                                    w.convolution({192, 384, 3, 1, 1}), relu(w), w.convolution({384, 256, 3, 1, 1}),
                                    relu(w), w.convolution({256, 256, 3, 1, 1}), relu(w), max_pool(w, {3, 2})});
  const auto classifier = w.numbered(
      {dropout(w), w.linear(9216, 4096), relu(w), dropout(w), w.linear(4096, 4096), relu(w), w.linear(4096, 1000)});
  return w.sequence(
      "AlexNet",
      {{"features", features}, {"avgpool", average_to(w, 6)}, {"flatten", flatten(w)}, {"classifier", classifier}});
}

Layer lenet(LayerFactory& w) {
  const auto features =
      w.numbered({w.convolution({1, 6, 5, 1, 2}), relu(w), halve(w), w.convolution({6, 16, 5}), relu(w), halve(w)});
  const auto classifier = w.numbered({w.linear(400, 120), relu(w), w.linear(120, 84), relu(w), w.linear(84, 10)});
  return w.sequence("LeNet", {{"features", features}, {"flatten", flatten(w)}, {"classifier", classifier}});
}

Layer vgg16(LayerFactory& w) {
  return vgg(w, {2, 2, 3, 3, 3});
}

Layer vgg19(LayerFactory& w) {
  return vgg(w, {2, 2, 4, 4, 4});
}

}  // namespace tideline::zoo
