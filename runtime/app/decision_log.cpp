#include "runtime/app/decision_log.h"

#include "runtime/http/pages.h"

#include <fmt/chrono.h>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>

#include <chrono>

namespace tideline {
namespace {

constexpr Duration kAtLeastEvery = std::chrono::seconds(10);
constexpr std::size_t kKept = 3;  // Files beside the current one.

std::string utc_now() {
  return fmt::format("{:%FT%TZ}", std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
}

}  // namespace

Result<Log> open_decision_log(const std::string& file, Bytes size) {
  try {
    auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(file, size.count, kKept);
    auto lines = std::make_shared<spdlog::logger>("decisions", std::move(sink));
    lines->set_pattern("%v");
    lines->flush_on(spdlog::level::info);
    return lines;
  } catch (const spdlog::spdlog_ex& e) {
    return error(ErrorKind::invalid,
                 "cannot write decisions to {}: {}; set edge.decisions to a file that can be written", file, e.what());
  }
}

void DecisionLog::write(std::string_view model, const AgentStatus& status, std::span<const Cut> cuts, TimePoint now) {
  const auto found = last_.find(model);
  if (found != last_.end()) {
    const Last& last = found->second;
    if (last.moves == status.moves && last.reason == status.reason && last.bound == status.bound &&
        now - last.at < kAtLeastEvery)
      return;
  }
  last_.insert_or_assign(std::string(model), Last{now, status.moves, status.reason, status.bound});
  nlohmann::json line = decision_page(status, cuts);
  line["at"] = utc_now();
  line["model"] = model;
  lines_->info(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace tideline
