#include "tests/runtime/codec/codec_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tideline::codec::decode_any_tensor(std::as_bytes(std::span(data, size)));
  return 0;
}
