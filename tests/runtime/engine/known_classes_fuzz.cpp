#include "tests/runtime/engine/known_classes_fuzz.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tideline::engine::read_any_classes({reinterpret_cast<const char*>(data), size});
  return 0;
}
