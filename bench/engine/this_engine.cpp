// this_engine MODEL INPUT OUTPUT [PRECISION [KERNELS]]: runs the whole network as the agent does, and answers with the
// time.
//
// INPUT and OUTPUT are bare fp32 numbers; the output is compared with the other engines'. Without arguments it prints
// the names of the zoo.
#include "bench/engine/answer.h"
#include "runtime/model/api/model.h"
#include "runtime/model/zoo/zoo.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <vector>

namespace {

using namespace tideline;

Result<std::vector<Tensor>> read_input(const model::Model& model, const char* file) {
  std::ifstream in(file, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
  const TensorSpec& spec = model.inputs().front();
  const auto size = byte_count(spec.dtype, spec.shape);
  if (!size || model.inputs().size() != 1 || spec.dtype != DType::fp32 || size->count != bytes.size())
    return error(ErrorKind::invalid, "{} is not the one fp32 tensor that the network takes", file);
  return std::vector{Tensor::copy_of(spec.dtype, spec.shape, std::as_bytes(std::span(bytes)))};
}

void write_output(const char* file, const Tensor& tensor) {
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(tensor.bytes().data()), static_cast<std::streamsize>(tensor.bytes().size()));
}

struct Way {
  const char* precision = "fp32";
  const char* kernels = "auto";
};

Result<void> measure(const char* file, const char* input, const char* output, const Way& way) {
  model::set_compute_threads(1);
  const auto precision = parse_precision(way.precision);
  if (!precision) return precision.error();
  const auto kernels = parse_kernel_choice(way.kernels);
  if (!kernels) return kernels.error();
  const auto model = model::Model::load(file, {.precision = *precision, .kernels = *kernels});
  if (!model) return model.error();
  const auto in = read_input(**model, input);
  if (!in) return in.error();
  auto out = (*model)->run((*model)->whole(), *in);
  for (int i = 1; out && i < kWarmUpRuns; ++i) out = (*model)->run((*model)->whole(), *in);
  if (!out) return out.error();
  write_output(output, out->front());
  const model::EngineVersion version = model::engine_version();
  const auto infer = [&] { out = (*model)->run((*model)->whole(), *in); };
  answer(
      fmt::format("libtorch {}, {}, {}, {}", version.libtorch, version.blas, version.simd, name((*model)->kernels())),
      [&] { return out ? fmt::format("{:.6f}", measure_turn(infer)) : out.error().message; });
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 1) {
    for (const auto name : zoo::zoo_names()) fmt::print("{}\n", name);
    return 0;
  }
  if (argc < 4 || argc > 6)
    return fmt::print(stderr, "usage: this_engine MODEL INPUT OUTPUT [PRECISION [KERNELS]]\n"), 64;
  Way way;
  if (argc > 4) way.precision = argv[4];
  if (argc > 5) way.kernels = argv[5];
  const auto measured = measure(argv[1], argv[2], argv[3], way);
  return measured ? 0 : (fmt::print(stderr, "this_engine: {}\n", measured.error().message), 70);
}
