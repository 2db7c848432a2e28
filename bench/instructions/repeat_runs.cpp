// repeat_runs MODEL KERNELS RUNS: runs the whole network that often, on one thread, and prints a line after each run.
//
// For counting instructions under emulation. One uncounted run comes first, so that nothing is prepared later.
#include "runtime/model/api/model.h"

#include <fmt/format.h>

#include <charconv>
#include <iostream>
#include <string_view>

namespace {

using namespace tideline;

Result<void> repeat(const char* file, const char* kernels_name, int runs) {
  model::set_compute_threads(1);
  const auto kernels = parse_kernel_choice(kernels_name);
  if (!kernels) return kernels.error();
  const auto model = model::Model::load(file, {.kernels = *kernels});
  if (!model) return model.error();
  const auto in = model::random_tensors((*model)->inputs(), 7);
  for (int i = 0; i <= runs; ++i) {
    const auto out = (*model)->run((*model)->whole(), in);
    if (!out) return out.error();
    std::cout << "run" << std::endl;
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  int runs = 0;
  const std::string_view count = argc == 4 ? argv[3] : "";
  std::from_chars(count.data(), count.data() + count.size(), runs);
  if (runs < 1) return fmt::print(stderr, "usage: repeat_runs MODEL KERNELS RUNS\n"), 64;
  const auto repeated = repeat(argv[1], argv[2], runs);
  return repeated ? 0 : (fmt::print(stderr, "repeat_runs: {}\n", repeated.error().message), 70);
}
