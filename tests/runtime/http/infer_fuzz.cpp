// libFuzzer target over the bodies of inference requests: runtime_http_infer_fuzz NEW_CORPUS
// tests/runtime/http/infer_corpus
#include "tests/runtime/http/infer_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tideline::http::parse_anything({reinterpret_cast<const char*>(data), size});
  return 0;
}
