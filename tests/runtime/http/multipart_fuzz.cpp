// libFuzzer target over multipart forms: runtime_http_multipart_fuzz NEW_CORPUS tests/runtime/http/multipart_corpus
#include "tests/runtime/http/multipart_fuzz.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tideline::http::read_any_form({reinterpret_cast<const char*>(data), size});
  return 0;
}
