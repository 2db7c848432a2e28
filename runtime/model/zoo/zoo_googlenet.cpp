#include "runtime/model/zoo/plain_layers.h"
#include "runtime/model/zoo/zoo_plans.h"

namespace tideline::zoo {
namespace {

constexpr double kGooglenetEpsilon = 1e-3;

Layer basic(LayerFactory& w, Convolution shape) {
  shape.bias = false;
  return w.sequence(
      "BasicConv2d",
      {{"conv", w.convolution(shape)}, {"bn", w.batch_norm(shape.out, kGooglenetEpsilon)}, {"relu", relu(w)}});
}

// Channels of an inception block: of its input, and of the result of each convolution.
struct Inception {
  std::int64_t in = 0;
  std::int64_t one = 0;
  std::int64_t three_before = 0;
  std::int64_t three = 0;
  std::int64_t five_before = 0;
  std::int64_t five = 0;
  std::int64_t pooled = 0;
};

// Four parallel branches. The paper's 5x5 is a 3x3, as in torchvision.
Layer inception(LayerFactory& w, const Inception& c) {
  return w.composed(
      "Inception",
      {{"branch1", basic(w, {c.in, c.one, 1})},
       {"branch2", w.numbered({basic(w, {c.in, c.three_before, 1}), basic(w, {c.three_before, c.three, 3, 1, 1})})},
       {"branch3", w.numbered({basic(w, {c.in, c.five_before, 1}), basic(w, {c.five_before, c.five, 3, 1, 1})})},
       {"branch4", w.numbered({max_pool(w, {3, 1, 1, true}), basic(w, {c.in, c.pooled, 1})})}},
      "  return torch.cat([self.branch1.forward(x), self.branch2.forward(x), self.branch3.forward(x), "
      "self.branch4.forward(x)], 1)\n");
}

}  // namespace

Layer googlenet(LayerFactory& w) {
  return w.sequence("GoogLeNet", {{"conv1", basic(w, {3, 64, 7, 2, 3})},
                                  {"maxpool1", max_pool(w, {3, 2, 0, true})},
                                  {"conv2", basic(w, {64, 64, 1})},
                                  {"conv3", basic(w, {64, 192, 3, 1, 1})},
                                  {"maxpool2", max_pool(w, {3, 2, 0, true})},
                                  {"inception3a", inception(w, {192, 64, 96, 128, 16, 32, 32})},
                                  {"inception3b", inception(w, {256, 128, 128, 192, 32, 96, 64})},
                                  {"maxpool3", max_pool(w, {3, 2, 0, true})},
                                  {"inception4a", inception(w, {480, 192, 96, 208, 16, 48, 64})},
                                  {"inception4b", inception(w, {512, 160, 112, 224, 24, 64, 64})},
                                  {"inception4c", inception(w, {512, 128, 128, 256, 24, 64, 64})},
                                  {"inception4d", inception(w, {512, 112, 144, 288, 32, 64, 64})},
                                  {"inception4e", inception(w, {528, 256, 160, 320, 32, 128, 128})},
                                  {"maxpool4", max_pool(w, {2, 2, 0, true})},
                                  {"inception5a", inception(w, {832, 256, 160, 320, 32, 128, 128})},
                                  {"inception5b", inception(w, {832, 384, 192, 384, 48, 128, 128})},
                                  {"avgpool", average_to(w, 1)},
                                  {"flatten", flatten(w)},
                                  {"dropout", dropout(w)},
                                  {"fc", w.linear(1024, 1000)}});
}

}  // namespace tideline::zoo
