#include "tests/runtime/wire/frame_fuzz.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tideline::wire::read_any_frame(std::as_bytes(std::span(data, size)));
  return 0;
}
