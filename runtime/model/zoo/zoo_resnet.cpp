#include "runtime/model/zoo/plain_layers.h"
#include "runtime/model/zoo/zoo_plans.h"

namespace tideline::zoo {
namespace {

constexpr double kResnetEpsilon = 1.001e-5;
constexpr double kGain = 0.25;  // Gain of a block's summand; activations keep their size through sixteen sums.

// Three convolutions and a shortcut: to fewer channels, with that number, and to four times as many.
struct Block {
  std::int64_t in = 0;
  std::int64_t width = 0;
  std::int64_t stride = 1;
  bool projects = false;  // Whether a convolution adapts the shortcut to the new number of channels.
};

Convolution widening(const Block& b) {
  Convolution shape{b.width, 4 * b.width, 1};
  shape.gain = kGain;
  return shape;
}

constexpr auto* kResnetBody = R"(
  x = self.relu1.forward(self.bn1.forward(self.conv1.forward(x)))
  x = self.relu2.forward(self.bn2.forward(self.conv2.forward(x)))
  x = self.bn3.forward(self.conv3.forward(x))
  return self.out.forward(y + x)
)";

// Version 1: norm and activation follow a convolution, and the first convolution has the stride.
Layer block(LayerFactory& w, const Block& b) {
  const auto out = 4 * b.width;
  Parts parts{{"conv1", w.convolution({b.in, b.width, 1, b.stride})},
              {"bn1", w.batch_norm(b.width, kResnetEpsilon)},
              {"relu1", relu(w)},
              {"conv2", w.convolution({b.width, b.width, 3, 1, 1})},
              {"bn2", w.batch_norm(b.width, kResnetEpsilon)},
              {"relu2", relu(w)},
              {"conv3", w.convolution(widening(b))},
              {"bn3", w.batch_norm(out, kResnetEpsilon)},
              {"out", relu(w)}};
  if (!b.projects) return w.composed("Block", parts, std::string("  y = x") + kResnetBody);
  parts.emplace_back("conv0", w.convolution({b.in, out, 1, b.stride}));
  parts.emplace_back("bn0", w.batch_norm(out, kResnetEpsilon));
  return w.composed("Block", parts, std::string("  y = self.bn0.forward(self.conv0.forward(x))") + kResnetBody);
}

constexpr auto* kBodyV2 = R"(
  x = self.relu1.forward(self.bn1.forward(self.conv1.forward(z)))
  x = self.relu2.forward(self.bn2.forward(self.conv2.forward(x)))
  return y + self.conv3.forward(x)
)";

// Version 2: norm and activation come before a convolution, and the second convolution has the stride. A shortcut that
// halves the size and does not project drops every other point.
Layer block_v2(LayerFactory& w, const Block& b) {
  Parts parts{{"preact_bn", w.batch_norm(b.in, kResnetEpsilon)},
              {"preact_relu", relu(w)},
              {"conv1", w.convolution({b.in, b.width, 1, 1, 0, 1, false})},
              {"bn1", w.batch_norm(b.width, kResnetEpsilon)},
              {"relu1", relu(w)},
              {"conv2", w.convolution({b.width, b.width, 3, b.stride, 1, 1, false})},
              {"bn2", w.batch_norm(b.width, kResnetEpsilon)},
              {"relu2", relu(w)},
              {"conv3", w.convolution(widening(b))}};
  std::string shortcut = "x";
  if (b.projects) {
    parts.emplace_back("conv0", w.convolution({b.in, 4 * b.width, 1, b.stride}));
    shortcut = "self.conv0.forward(z)";
  } else if (b.stride > 1) {
    parts.emplace_back("pool", max_pool(w, {1, 2}));
    shortcut = "self.pool.forward(x)";
  }
  return w.composed("Block", parts,
                    "  z = self.preact_relu.forward(self.preact_bn.forward(x))\n  y = " + shortcut + kBodyV2);
}

struct Stage {
  std::int64_t width = 0;
  int blocks = 0;
};

constexpr Stage kStages[] = {{64, 3}, {128, 4}, {256, 6}, {512, 3}};

// Version 1 halves the size in the first block of every stage but the first, version 2 in the last block of every stage
// but the last.
void add_stages(LayerFactory& w, Parts& parts, bool v2) {
  std::int64_t channels = 64;
  for (int stage = 0; stage < 4; ++stage) {
    const auto [width, blocks] = kStages[stage];
    Parts of_stage;
    for (int i = 1; i <= blocks; ++i) {
      const bool halves = v2 ? i == blocks && stage < 3 : i == 1 && stage > 0;
      const Block shape{channels, width, halves ? 2 : 1, i == 1};
      of_stage.emplace_back(fmt::format("block{}", i), v2 ? block_v2(w, shape) : block(w, shape));
      channels = 4 * width;
    }
    parts.emplace_back(fmt::format("conv{}", stage + 2), w.sequence("Stage", of_stage));
  }
}

Layer with_top(LayerFactory& w, Parts parts) {
  parts.emplace_back("avg_pool", average_to(w, 1));
  parts.emplace_back("flatten", flatten(w));
  parts.emplace_back("probs", w.linear(2048, 1000));
  return w.sequence("ResNet", parts);
}

}  // namespace

Layer resnet50(LayerFactory& w) {
  Parts parts{
      {"conv1_conv", w.convolution({3, 64, 7, 2, 3})},
      {"conv1_bn", w.batch_norm(64, kResnetEpsilon)},
      {"conv1_relu", relu(w)},
      {"pool1_pool", max_pool(w, {3, 2, 1})}};  // No value is negative, so the pooling's own padding equals zeros.
  add_stages(w, parts, false);
  return with_top(w, parts);
}

Layer resnet50v2(LayerFactory& w) {
  Parts parts{{"conv1_conv", w.convolution({3, 64, 7, 2, 3})},
              {"pool1_pad", pad(w, {1, 1})},
              {"pool1_pool", max_pool(w, {3, 2})}};
  add_stages(w, parts, true);
  parts.emplace_back("post_bn", w.batch_norm(2048, kResnetEpsilon));
  parts.emplace_back("post_relu", relu(w));
  return with_top(w, parts);
}

}  // namespace tideline::zoo
