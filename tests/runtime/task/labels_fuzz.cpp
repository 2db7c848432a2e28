#include "tests/runtime/task/labels_fuzz.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tideline::task::read_any_labels({reinterpret_cast<const char*>(data), size});
  return 0;
}
