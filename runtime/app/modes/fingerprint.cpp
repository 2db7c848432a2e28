#include "runtime/app/modes/fingerprint.h"

#include "runtime/app/config/version.h"
#include "runtime/base/cpu_name.h"
#include "runtime/base/cpu_room.h"
#include "runtime/base/memory_room.h"
#include "runtime/model/api/model.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>

#include <ctime>

namespace tideline::modes {
namespace {

utsname this_kernel() {
  utsname kernel{};
  uname(&kernel);
  return kernel;
}

KernelChoice kernels_of(const config::Config& config, KernelChoice fastest) {
  if (config.compute.device.gpu) return KernelChoice::libtorch;
  if (config.compute.kernels != KernelChoice::automatic) return config.compute.kernels;
  return config.compute.precision == Precision::fp16 ? KernelChoice::xnnpack : fastest;
}

}  // namespace

std::string architecture() {
  return this_kernel().machine;
}

Machine fingerprint(const config::Config& config) {
  const utsname kernel = this_kernel();
  const auto memory = memory_room({});
  const auto cpu = cpu_room({});
  const model::EngineVersion engine = model::engine_version();
  return {{"agent", std::string(config::version())},
          {"architecture", kernel.machine},
          {"cpu", cpu_name(MachineRoots{})},
          {"cores", cpu ? fmt::format("{:.3g}", cpu->capacity) : "unknown"},
          {"memory", memory ? to_string(memory->total) : "unknown"},
          {"kernel", fmt::format("{} {} {}", kernel.sysname, kernel.release, kernel.machine)},
          {"libtorch", engine.libtorch},
          {"blas", engine.blas},
          {"simd", engine.simd},
          {"kernels", std::string(name(kernels_of(config, engine.kernels)))},
          {"threads", std::to_string(engine.threads)}};
}

std::string now_utc() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace tideline::modes
