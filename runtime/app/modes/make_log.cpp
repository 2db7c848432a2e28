#include "runtime/app/modes/make_log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <cstdlib>
#include <memory>
#include <utility>

namespace tideline::modes {
namespace {

bool read_by_journal() {
  return std::getenv("JOURNAL_STREAM") != nullptr;
}

// The journal takes the priority away, and keeps the rest.
std::string prefix_of_json() {
  return read_by_journal() ? "%P" : "";
}

Log log_to_stderr(const config::Config& config, std::unique_ptr<spdlog::formatter> format) {
  auto log = std::make_shared<spdlog::logger>("agent", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  log->set_formatter(std::move(format));
  log->set_level(spdlog::level::from_str(config.log_level));
  log->flush_on(spdlog::level::debug);
  return log;
}

}  // namespace

Log make_log(const config::Config& config) {
  if (config.log_form == config::LogForm::json) return log_to_stderr(config, json_format(prefix_of_json()));
  return log_to_stderr(config, line_format(read_by_journal() ? "%P%v" : "%Y-%m-%dT%H:%M:%S.%e %^%l%$ %v"));
}

std::function<void(const http::Access&)> make_access_log(const config::Config& config, const Log& log) {
  if (!config.http.access_log) return {};
  if (config.log_form == config::LogForm::text)
    return [log](const http::Access& access) { log->info("{}", http::access_line(access)); };
  const Log fields = log_to_stderr(config, json_fields_format(prefix_of_json()));
  return [fields](const http::Access& access) { fields->info("{}", http::access_fields(access)); };
}

std::function<void(const cloud::TailAccess&)> make_tail_log(const config::Config& config, const Log& log) {
  if (!config.cloud.access_log) return {};
  if (config.log_form == config::LogForm::text)
    return [log](const cloud::TailAccess& access) { log->info("{}", cloud::tail_line(access)); };
  const Log fields = log_to_stderr(config, json_fields_format(prefix_of_json()));
  return [fields](const cloud::TailAccess& access) { fields->info("{}", cloud::tail_fields(access)); };
}

}  // namespace tideline::modes
