// Layers: makes TorchScript modules with random weights, the building blocks of the zoo's networks.
#pragma once

#include "runtime/model/zoo/normal.h"

#include <torch/csrc/jit/api/module.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tideline::zoo {

using Layer = torch::jit::Module;
using Parts = std::vector<std::pair<std::string, Layer>>;  // Name and layer.

struct Convolution {
  std::int64_t in = 0;  // Channels.
  std::int64_t out = 0;
  std::int64_t kernel = 0;
  std::int64_t stride = 1;
  std::int64_t padding = 0;
  std::int64_t groups = 1;
  bool bias = true;
  double gain = 1;  // Less than 1 for a summand: otherwise activations would grow from sum to sum.
};

// Makes the layers of one network and draws their weights in order, by Kaiming He's rule: activations keep their size
// through any number of layers. Throws libtorch's exceptions. Belongs to one thread.
class LayerFactory {
 public:
  explicit LayerFactory(std::uint64_t seed) : numbers_(seed) {}

  Layer convolution(const Convolution& shape);
  Layer linear(std::int64_t in, std::int64_t out);
  Layer batch_norm(std::int64_t channels, double epsilon);

  // A layer without weights: a TorchScript expression in `x`, such as "torch.relu(x)".
  Layer function(const std::string& type, const std::string& expression);

  // A layer made of `parts`. `body` is its code: lines of TorchScript, each indented by two spaces. `x` is the input,
  // and the parts are members, as in "  return x + self.branch.forward(x)\n".
  Layer composed(const std::string& type, const Parts& parts, const std::string& body);

  // Runs `parts` one after another. Each has a name, which may be a number.
  Layer sequence(const std::string& type, const Parts& parts);

  // The same, with parts named "0", "1", ...
  Layer numbered(const std::vector<Layer>& parts);

 private:
  Layer empty(const std::string& type);
  at::Tensor random(at::IntArrayRef shape, double mean, double deviation);

  Normal numbers_;
  // Shared by all layers: otherwise libtorch 1.13 takes minutes to compile a module that calls more than about fifty.
  std::shared_ptr<torch::jit::CompilationUnit> types_ = std::make_shared<torch::jit::CompilationUnit>();
};

}  // namespace tideline::zoo
