// throughput: measures the speed of encoding and decoding tensors on one core.
//
// The tensors resemble those after a convolution, a normalisation and a ReLU: half of the numbers are zero. Their
// memory is allocated and freed each time, as in serving. The options are Google Benchmark's.
#include "runtime/codec/codec.h"
#include "runtime/codec/half.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace tideline;

Tensor activations(const Shape& shape) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal(0, 1);
  std::vector<float> numbers(byte_count(DType::fp32, shape)->count / sizeof(float));
  for (float& x : numbers) x = std::max(normal(random), 0.0F);
  return Tensor::copy_of(DType::fp32, shape, std::as_bytes(std::span(numbers)));
}

const std::vector<Shape>& shapes() {
  static const std::vector<Shape> shapes{
      {1, 64, 28, 28}, {1, 64, 56, 56}, {1, 256, 14, 14}, {1, 64, 112, 112}, {1, 197, 768}};
  return shapes;
}

using Encode = std::function<Tensor(const Tensor&)>;
using Decode = std::function<Result<Tensor>(const TensorSpec&, const Tensor& wire)>;

struct Way {
  std::string name;
  Encode encode;
  Decode decode;
};

Way as_served(plan::Codec codec) {
  return {std::string(name(codec)), [codec](const Tensor& tensor) { return codec::encode(codec, tensor); },
          [codec](const TensorSpec& spec, const Tensor& wire) {
            return codec::decode(codec, spec, wire.data(), wire.bytes().size());
          }};
}

Way fp16_portably() {
  return {"fp16, portable",
          [](const Tensor& tensor) {
            const std::size_t count = tensor.floats().size(), size = 2 * count;
            std::shared_ptr<std::byte> wire = aligned_bytes(size);
            codec::to_half_portable(tensor.floats(), {reinterpret_cast<std::uint16_t*>(wire.get()), count});
            return Tensor(DType::fp16, tensor.shape(), std::move(wire), size);
          },
          [](const TensorSpec& spec, const Tensor& wire) -> Result<Tensor> {
            const std::size_t count = wire.bytes().size() / 2, size = 4 * count;
            std::shared_ptr<std::byte> plain = aligned_bytes(size);
            codec::from_half_portable({reinterpret_cast<const std::uint16_t*>(wire.data().get()), count},
                                      {reinterpret_cast<float*>(plain.get()), count});
            return Tensor(spec.dtype, spec.shape, std::move(plain), size);
          }};
}

void measure(const Way& way, const Shape& shape) {
  const auto tensor = std::make_shared<const Tensor>(activations(shape));
  const TensorSpec spec{"x", tensor->dtype(), shape};
  const auto wire = std::make_shared<const Tensor>(way.encode(*tensor));
  const auto say = [tensor, wire](benchmark::State& state) {
    const auto size = static_cast<double>(tensor->bytes().size());
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(size));
    state.counters["share"] = static_cast<double>(wire->bytes().size()) / size;
  };
  const std::string rest = fmt::format("{}/{}", way.name, to_string(spec));
  benchmark::RegisterBenchmark(("encode/" + rest).c_str(), [=](benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(way.encode(*tensor));
    say(state);
  });
  benchmark::RegisterBenchmark(("decode/" + rest).c_str(), [=](benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(way.decode(spec, *wire));
    say(state);
  });
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  std::vector<Way> ways{fp16_portably()};
  for (const plan::Codec codec : plan::tensor_codecs())
    if (codec != plan::Codec::fp32) ways.push_back(as_served(codec));
  for (const Way& way : ways)
    for (const Shape& shape : shapes()) measure(way, shape);
  benchmark::RunSpecifiedBenchmarks();
}
