// What libtorch says of itself, and its process-wide settings.
#pragma once

#include <string>

namespace tideline {

std::string torch_version();  // "1.13.1"
std::string torch_simd();     // "AVX2": the vector instructions that its own kernels use here.
int torch_threads();          // How many threads one run may use.
void set_torch_threads(int threads);

}  // namespace tideline
