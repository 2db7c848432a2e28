#include "runtime/base/log.h"

#include <spdlog/sinks/null_sink.h>

namespace tideline {

Log silent_log() {
  return std::make_shared<spdlog::logger>("silent", std::make_shared<spdlog::sinks::null_sink_mt>());
}

}  // namespace tideline
