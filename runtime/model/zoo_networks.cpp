#include "runtime/model/zoo_networks.h"

#include "runtime/model/complaint.h"
#include "runtime/model/layers.h"

#include <fmt/format.h>

#include <fstream>

namespace tideline {
namespace {

Layer relu(Workshop& w) {
  return w.function("ReLU", "torch.relu(x)");
}

Layer flatten(Workshop& w) {
  return w.function("Flatten", "torch.flatten(x, 1)");
}

Layer dropout(Workshop& w) {
  return w.function("Dropout", "torch.dropout(x, 0.5, False)");
}

Layer max_pool(Workshop& w) {
  return w.function("MaxPool2d", "torch.max_pool2d(x, [3, 3], [2, 2], [0, 0], [1, 1], False)");
}

Layer average_to(Workshop& w, int side) {
  return w.function("AdaptiveAvgPool2d", fmt::format("torch.adaptive_avg_pool2d(x, [{0}, {0}])", side));
}

Layer halve(Workshop& w) {
  return w.function("AvgPool2d", "torch.avg_pool2d(x, [2, 2], [2, 2], [0, 0], False, True, None)");
}

Layer alexnet(Workshop& w) {
  const auto features =
      w.numbered({w.convolution({3, 64, 11, 4, 2}), relu(w), max_pool(w), w.convolution({64, 192, 5, 1, 2}), relu(w),
                  max_pool(w), w.convolution({192, 384, 3, 1, 1}), relu(w), w.convolution({384, 256, 3, 1, 1}), relu(w),
                  w.convolution({256, 256, 3, 1, 1}), relu(w), max_pool(w)});
  const auto classifier = w.numbered(
      {dropout(w), w.linear(9216, 4096), relu(w), dropout(w), w.linear(4096, 4096), relu(w), w.linear(4096, 1000)});
  return w.sequence(
      "AlexNet",
      {{"features", features}, {"avgpool", average_to(w, 6)}, {"flatten", flatten(w)}, {"classifier", classifier}});
}

Layer lenet(Workshop& w) {
  const auto features =
      w.numbered({w.convolution({1, 6, 5, 1, 2}), relu(w), halve(w), w.convolution({6, 16, 5}), relu(w), halve(w)});
  const auto classifier = w.numbered({w.linear(400, 120), relu(w), w.linear(120, 84), relu(w), w.linear(84, 10)});
  return w.sequence("LeNet", {{"features", features}, {"flatten", flatten(w)}, {"classifier", classifier}});
}

Layer with_norm(Workshop& w, const Convolution& shape) {
  return w.numbered({w.convolution(shape), w.batch_norm(shape.out), relu(w)});
}

// One filter per channel, then a mix of the channels at each point.
Layer separable(Workshop& w, std::int64_t in, std::int64_t out, std::int64_t stride) {
  return w.sequence("Separable", {{"depthwise", with_norm(w, {in, in, 3, stride, 1, in, false})},
                                  {"pointwise", with_norm(w, {in, out, 1, 1, 0, 1, false})}});
}

Layer mobilenet(Workshop& w) {
  std::vector<Layer> features{with_norm(w, {3, 32, 3, 2, 1, 1, false})};
  std::int64_t channels = 32;
  for (const std::int64_t out : {64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024}) {
    const bool halves = out > channels && channels > 32;  // More channels at half the size, but for the first.
    features.push_back(separable(w, channels, out, halves ? 2 : 1));
    channels = out;
  }
  return w.sequence("MobileNet", {{"features", w.numbered(features)},
                                  {"avgpool", average_to(w, 1)},
                                  {"flatten", flatten(w)},
                                  {"classifier", w.linear(channels, 1000)}});
}

// Through a stream: then the archive does not contain the file's name, and the digest does not depend on it.
Result<void> write(Layer (*make)(Workshop&), std::uint64_t seed, const std::string& input, const std::string& file) {
  try {
    Workshop workshop(seed);
    const auto network = make(workshop);
    std::ofstream out(file, std::ios::binary);
    if (!out) return error(ErrorKind::internal, "{}: it cannot be written", file);
    network.save(out, {{"inputs.json", "[\"" + input + "\"]"}});
    out.close();
    return out ? Result<void>()
               : error(ErrorKind::internal, "{}: it cannot be written to its end; is the disk full?", file);
  } catch (const std::exception& thrown) {
    return error(ErrorKind::internal, "{}: libtorch cannot write it: {}", file, complaint(thrown));
  }
}

}  // namespace

Result<void> write_alexnet(std::uint64_t seed, const std::string& file) {
  return write(alexnet, seed, "fp32[1,3,224,224]", file);
}

Result<void> write_lenet(std::uint64_t seed, const std::string& file) {
  return write(lenet, seed, "fp32[1,1,28,28]", file);
}

Result<void> write_mobilenet(std::uint64_t seed, const std::string& file) {
  return write(mobilenet, seed, "fp32[1,3,224,224]", file);
}

}  // namespace tideline
