#include "runtime/app/config/version.h"

#include "runtime/model/api/model.h"

#include <fmt/format.h>

namespace tideline::config {

std::string_view version() {
  return TIDELINE_VERSION;
}

std::string version_text() {
#ifdef __clang__
  constexpr std::string_view kCompiler = "clang " __clang_version__;
#else
  constexpr std::string_view kCompiler = "g++ " __VERSION__;
#endif
  const model::EngineVersion engine = model::engine_version();
  return fmt::format("tideline agent {} (libtorch {}, {}, {})", version(), engine.libtorch, engine.blas, kCompiler);
}

}  // namespace tideline::config
