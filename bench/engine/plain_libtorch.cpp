// plain_libtorch freeze|optimise MODEL INPUT OUTPUT: runs the same file with libtorch alone, without our code.
//
// freeze: torch::jit::load and freeze, as in every C++ deployment. optimise: torch::jit::optimize_for_inference on top,
// libtorch's strongest single call.
#include "bench/engine/answer.h"

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <torch/script.h>
#include <torch/version.h>

#include <fstream>
#include <iterator>
#include <vector>

namespace {

using namespace tideline;

torch::jit::Module load(const std::string& file, bool optimise) {
  auto module = torch::jit::load(file);
  module.eval();
  module = torch::jit::freeze(module);
  return optimise ? torch::jit::optimize_for_inference(module) : module;
}

// The shape is in the file INPUT.shape, which export.py wrote.
at::Tensor read_input(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
  std::ifstream shape_in(file + ".shape");
  const std::vector<std::int64_t> shape{std::istream_iterator<std::int64_t>(shape_in), {}};
  const auto input = torch::from_blob(const_cast<char*>(bytes.data()), {static_cast<std::int64_t>(bytes.size() / 4)});
  return input.reshape(shape).clone();
}

void write_output(const char* file, const at::Tensor& output) {
  const auto dense = output.contiguous();
  std::ofstream(file, std::ios::binary)
      .write(static_cast<const char*>(dense.data_ptr()), static_cast<std::streamsize>(dense.nbytes()));
}

// OpenBLAS takes processors that are newer than itself for old ones. So the results name the processor that it assumes.
std::string blas() {
  using Name = const char* (*)();
  void* const symbol = dlsym(RTLD_DEFAULT, "openblas_get_corename");
  return symbol == nullptr ? "no OpenBLAS" : fmt::format("OpenBLAS for {}", reinterpret_cast<Name>(symbol)());
}

void measure(char** argv) {
  at::set_num_threads(1);
  const c10::InferenceMode inference;
  auto module = load(argv[2], std::string(argv[1]) == "optimise");
  const std::vector<torch::jit::IValue> in{read_input(argv[3])};
  at::Tensor out;
  const auto infer = [&] { out = module.forward(in).toTensor(); };
  for (int i = 0; i < kWarmUpRuns; ++i) infer();
  write_output(argv[4], out);
  answer(fmt::format("libtorch {}, {}", TORCH_VERSION, blas()),
         [&] { return fmt::format("{:.6f}", measure_turn(infer)); });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return fmt::print(stderr, "usage: plain_libtorch freeze|optimise MODEL INPUT OUTPUT\n"), 64;
  try {
    measure(argv);
    return 0;
  } catch (const std::exception& e) {
    return fmt::print(stderr, "plain_libtorch: {}\n", e.what()), 70;
  }
}
