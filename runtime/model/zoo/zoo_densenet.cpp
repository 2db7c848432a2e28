#include "runtime/model/zoo/plain_layers.h"
#include "runtime/model/zoo/zoo_plans.h"

namespace tideline::zoo {
namespace {

constexpr double kDensenetEpsilon = 1.001e-5;
constexpr std::int64_t kGrowth = 32;  // Channels that each block adds.

constexpr auto* kDensenetBody = R"(
  y = self.conv1.forward(self.relu0.forward(self.bn0.forward(x)))
  y = self.conv2.forward(self.relu1.forward(self.bn1.forward(y)))
  return torch.cat([x, y], 1)
)";

Layer block(LayerFactory& w, std::int64_t in) {
  return w.composed("Block",
                    {{"bn0", w.batch_norm(in, kDensenetEpsilon)},
                     {"relu0", relu(w)},
                     {"conv1", w.convolution({in, 4 * kGrowth, 1, 1, 0, 1, false})},
                     {"bn1", w.batch_norm(4 * kGrowth, kDensenetEpsilon)},
                     {"relu1", relu(w)},
                     {"conv2", w.convolution({4 * kGrowth, kGrowth, 3, 1, 1, 1, false})}},
                    kDensenetBody);
}

// Halves the channels and the size.
Layer transition(LayerFactory& w, std::int64_t in) {
  return w.sequence("Transition", {{"bn", w.batch_norm(in, kDensenetEpsilon)},
                                   {"relu", relu(w)},
                                   {"conv", w.convolution({in, in / 2, 1, 1, 0, 1, false})},
                                   {"pool", halve(w)}});
}

}  // namespace

Layer densenet121(LayerFactory& w) {
  Parts parts{{"conv1_conv", w.convolution({3, 64, 7, 2, 3, 1, false})},
              {"conv1_bn", w.batch_norm(64, kDensenetEpsilon)},
              {"conv1_relu", relu(w)},
              {"pool1", max_pool(w, {3, 2, 1})}};  // No value is negative, so the pooling's own padding equals zeros.
  std::int64_t channels = 64;
  int stage = 1;
  for (const int blocks : {6, 12, 24, 16}) {
    if (stage > 1) {
      parts.emplace_back(fmt::format("pool{}", stage), transition(w, channels));
      channels /= 2;
    }
    Parts of_stage;
    for (int i = 1; i <= blocks; ++i, channels += kGrowth) {
      of_stage.emplace_back(fmt::format("block{}", i), block(w, channels));
    }
    parts.emplace_back(fmt::format("conv{}", ++stage), w.sequence("Stage", of_stage));
  }
  parts.emplace_back("bn", w.batch_norm(channels, kDensenetEpsilon));
  parts.emplace_back("relu", relu(w));
  parts.emplace_back("avg_pool", average_to(w, 1));
  parts.emplace_back("flatten", flatten(w));
  parts.emplace_back("fc1000", w.linear(channels, 1000));
  return w.sequence("DenseNet", parts);
}

}  // namespace tideline::zoo
