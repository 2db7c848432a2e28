// libFuzzer target over BYTES elements: runtime_http_elements_fuzz NEW_CORPUS tests/runtime/http/elements_corpus
#include "tests/runtime/http/elements_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tideline::http::split_anything({reinterpret_cast<const char*>(data), size});
  return 0;
}
