#include "runtime/app/modes/fingerprint.h"

#include "runtime/app/config/version.h"
#include "runtime/base/cpu_room.h"
#include "runtime/base/kernel_files.h"
#include "runtime/base/memory_room.h"
#include "runtime/model/api/model.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>

#include <ctime>

namespace tideline::modes {
namespace {

std::string cpu_name() {
  const auto text = read_small_file("/proc/cpuinfo");
  if (!text) return "unknown";
  const std::size_t key = text->find("model name");
  if (key == std::string::npos) return "unknown";
  const std::size_t from = text->find(": ", key) + 2;
  return text->substr(from, text->find('\n', from) - from);
}

}  // namespace

std::map<std::string, std::string> fingerprint() {
  utsname kernel{};
  uname(&kernel);
  const auto memory = memory_room({});
  const auto cpu = cpu_room({});
  const model::EngineVersion engine = model::engine_version();
  return {{"agent", std::string(config::version())},
          {"cpu", cpu_name()},
          {"cores", cpu ? fmt::format("{:.3g}", cpu->capacity) : "unknown"},
          {"memory", memory ? to_string(memory->total) : "unknown"},
          {"kernel", fmt::format("{} {} {}", kernel.sysname, kernel.release, kernel.machine)},
          {"libtorch", engine.libtorch},
          {"blas", engine.blas},
          {"simd", engine.simd},
          {"threads", std::to_string(engine.threads)}};
}

std::string now_utc() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace tideline::modes
