#include "tests/runtime/image/image_file_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tideline::image::prepare_anything(std::as_bytes(std::span(data, size)));
  return 0;
}
