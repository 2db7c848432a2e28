#include "runtime/app/modes/make_log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <cstdlib>
#include <memory>

namespace tideline::modes {

Log make_log(const config::Config& config) {
  auto log = std::make_shared<spdlog::logger>("agent", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  log->set_formatter(line_format(std::getenv("JOURNAL_STREAM") ? "%P%v" : "%Y-%m-%dT%H:%M:%S.%e %^%l%$ %v"));
  log->set_level(spdlog::level::from_str(config.log_level));
  log->flush_on(spdlog::level::debug);
  return log;
}

}  // namespace tideline::modes
