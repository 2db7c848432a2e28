#include "runtime/model/api/model.h"
#include "runtime/model/graph/torch_settings.h"
#include "runtime/model/kernels/library.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <sstream>

namespace tideline::model {
namespace {

// "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ..." -> "OpenBLAS 0.3.21"
std::string first_two_words(const char* text) {
  std::istringstream words(text);
  std::string name;
  std::string number;
  words >> name >> number;
  return fmt::format("{} {}", name, number);
}

std::string loaded_blas() {
  using Describe = const char* (*)();
  if (void* const symbol = dlsym(RTLD_DEFAULT, "openblas_get_config")) {
    return first_two_words(reinterpret_cast<Describe>(symbol)());
  }
  for (const char* routine : {"sgemm_", "cblas_sgemm"}) {
    Dl_info where{};
    void* const symbol = dlsym(RTLD_DEFAULT, routine);
    if (symbol == nullptr || dladdr(symbol, &where) == 0 || where.dli_fname == nullptr) continue;
    std::error_code unresolved;
    const auto real = std::filesystem::canonical(where.dli_fname, unresolved);
    return unresolved ? where.dli_fname : real.string();
  }
  return "none";
}

}  // namespace

void set_compute_threads(int threads) {
  graph::set_torch_threads(threads);
  // OpenBLAS has threads of its own (in Debian's default build) that ignore libtorch's setting.
  if (void* const symbol = dlsym(RTLD_DEFAULT, "openblas_set_num_threads")) {
    reinterpret_cast<void (*)(int)>(symbol)(graph::torch_threads());
  }
}

EngineVersion engine_version() {
  return {.libtorch = graph::torch_version(),
          .blas = loaded_blas(),
          .simd = graph::torch_simd(),
          .kernels = kernels::fastest_kernels(),
          .threads = graph::torch_threads()};
}

}  // namespace tideline::model
