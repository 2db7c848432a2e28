// libFuzzer target over the bytes of requests: runtime_http_request_fuzz NEW_CORPUS tests/runtime/http/request_corpus
#include "tests/runtime/http/request_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tideline::http::scan_anything({reinterpret_cast<const char*>(data), size});
  return 0;
}
