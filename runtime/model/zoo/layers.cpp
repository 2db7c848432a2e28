#include "runtime/model/zoo/layers.h"

#include <ATen/Functions.h>
#include <fmt/format.h>

#include <cmath>

namespace tideline::zoo {
namespace {

void define(Layer& made, const std::string& body) {
  made.define("def forward(self, x: Tensor) -> Tensor:\n" + body);
}

double kaiming(std::int64_t fan_in) {
  return std::sqrt(2.0 / static_cast<double>(fan_in));
}

constexpr double kSmall = 0.1;  // For biases and statistics: not zero, so that omitting them changes the result.

}  // namespace

Layer LayerFactory::empty(const std::string& type) {
  Layer made(c10::QualifiedName("__torch__." + type), types_, true);
  made.register_attribute("training", c10::BoolType::get(), false);
  return made;
}

at::Tensor LayerFactory::random(at::IntArrayRef shape, double mean, double deviation) {
  auto tensor = at::empty(shape, at::kFloat);
  auto* const values = tensor.data_ptr<float>();
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    values[i] = static_cast<float>(mean + deviation * numbers_.next());
  }
  return tensor;
}

Layer LayerFactory::convolution(const Convolution& c) {
  auto made = empty("Conv2d");
  const auto per_group = c.in / c.groups;
  const auto weight =
      random({c.out, per_group, c.kernel, c.kernel}, 0, c.gain * kaiming(per_group * c.kernel * c.kernel));
  made.register_parameter("weight", weight, false);
  if (c.bias) made.register_parameter("bias", random({c.out}, 0, kSmall), false);
  define(made, fmt::format("  return torch.conv2d(x, self.weight, {0}, [{1}, {1}], [{2}, {2}], [1, 1], {3})\n",
                           c.bias ? "self.bias" : "None", c.stride, c.padding, c.groups));
  return made;
}

Layer LayerFactory::linear(std::int64_t in, std::int64_t out) {
  auto made = empty("Linear");
  made.register_parameter("weight", random({out, in}, 0, kaiming(in)), false);
  made.register_parameter("bias", random({out}, 0, kSmall), false);
  define(made, "  return torch.linear(x, self.weight, self.bias)\n");
  return made;
}

Layer LayerFactory::batch_norm(std::int64_t channels, double epsilon) {
  auto made = empty("BatchNorm2d");
  made.register_parameter("weight", random({channels}, 1, kSmall), false);
  made.register_parameter("bias", random({channels}, 0, kSmall), false);
  made.register_buffer("running_mean", random({channels}, 0, kSmall));
  made.register_buffer("running_var", random({channels}, 1, kSmall));
  define(made, fmt::format("  return torch.batch_norm(x, self.weight, self.bias, self.running_mean, self.running_var, "
                           "False, 0.1, {:e}, True)\n",
                           epsilon));
  return made;
}

Layer LayerFactory::function(const std::string& type, const std::string& expression) {
  auto made = empty(type);
  define(made, "  return " + expression + "\n");
  return made;
}

Layer LayerFactory::composed(const std::string& type, const Parts& parts, const std::string& body) {
  auto made = empty(type);
  for (const auto& [name, part] : parts) made.register_module(name, part);
  define(made, body);
  return made;
}

Layer LayerFactory::sequence(const std::string& type, const Parts& parts) {
  std::string body;
  for (const auto& part : parts) body += fmt::format("  x = getattr(self, \"{}\").forward(x)\n", part.first);
  return composed(type, parts, body + "  return x\n");
}

Layer LayerFactory::numbered(const std::vector<Layer>& parts) {
  Parts named;
  for (const auto& part : parts) named.emplace_back(std::to_string(named.size()), part);
  return sequence("Sequential", named);
}

}  // namespace tideline::zoo
