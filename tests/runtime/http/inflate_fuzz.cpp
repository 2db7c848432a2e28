// libFuzzer target over packed bodies: runtime_http_inflate_fuzz NEW_CORPUS tests/runtime/http/inflate_corpus
#include "tests/runtime/http/inflate_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tideline::http::inflate_anything({reinterpret_cast<const char*>(data), size});
  return 0;
}
