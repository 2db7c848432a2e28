#include "tests/runtime/image/recompressed_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tideline::image::decode_any_jpeg(std::as_bytes(std::span(data, size)));
  return 0;
}
