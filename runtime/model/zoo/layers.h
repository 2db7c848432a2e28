// Layers: TorchScript modules with random weights, from which the zoo's networks are put together.
#pragma once

#include "runtime/model/zoo/normal.h"

#include <torch/csrc/jit/api/module.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tideline {

using Layer = torch::jit::Module;
using Parts = std::vector<std::pair<std::string, Layer>>;  // Each with its name.

struct Convolution {
  std::int64_t in = 0;  // Channels.
  std::int64_t out = 0;
  std::int64_t kernel = 0;
  std::int64_t stride = 1;
  std::int64_t padding = 0;
  std::int64_t groups = 1;
  bool bias = true;
  double gain = 1;  // Below 1 for what is added to something: sums of many would grow from one to the next.
};

// Makes the layers of one network, drawing their weights one after another. Throws what libtorch throws.
// Weights are drawn as Kaiming He's rule says, so that activations keep their size through any number of layers.
class LayerFactory {
 public:
  explicit LayerFactory(std::uint64_t seed) : numbers_(seed) {}

  Layer convolution(const Convolution& shape);
  Layer linear(std::int64_t in, std::int64_t out);
  Layer batch_norm(std::int64_t channels, double epsilon);

  // A layer without weights: an expression of TorchScript in `x`, such as "torch.relu(x)".
  Layer function(const std::string& type, const std::string& expression);

  // A layer of `parts`. `body` says what it does: lines of TorchScript that begin with two spaces, in which `x` is the
  // input and parts are members, such as "  return x + self.branch.forward(x)\n".
  Layer composed(const std::string& type, const Parts& parts, const std::string& body);

  // Runs `parts` one after another; each is reached by its name, which may be a number.
  Layer sequence(const std::string& type, const Parts& parts);

  // The same, with the parts named "0", "1", ...
  Layer numbered(const std::vector<Layer>& parts);

 private:
  Layer empty(const std::string& type);
  at::Tensor random(at::IntArrayRef shape, double mean, double deviation);

  Normal numbers_;
  // One for all layers: with one each, libtorch 1.13 takes minutes to compile what calls more than about fifty.
  std::shared_ptr<torch::jit::CompilationUnit> types_ = std::make_shared<torch::jit::CompilationUnit>();
};

}  // namespace tideline
