#include "runtime/app/modes/decision_log.h"

#include "runtime/http/pages.h"

#include <fmt/chrono.h>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <filesystem>

namespace tideline::modes {
namespace {

constexpr Duration kAtLeastEvery = std::chrono::seconds(10);
constexpr Duration kTellEvery = std::chrono::minutes(10);
constexpr std::size_t kKept = 3;  // Files beside the current one.

std::string utc_now() {
  return fmt::format("{:%FT%TZ}", std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
}

}  // namespace

Result<DecisionLines> open_decision_log(const std::string& file, Bytes size) {
  std::error_code none;
  if (std::filesystem::is_fifo(file, none))  // Opening it would block until another process reads it.
    return error(ErrorKind::invalid, "cannot write decisions to {}: it is a pipe; set edge.decisions to a file", file);
  try {
    auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(file, size.count, kKept);
    auto lines = std::make_shared<spdlog::logger>("decisions", std::move(sink));
    lines->set_pattern("%v");
    lines->flush_on(spdlog::level::info);
    auto faults = std::make_shared<WriteFaults>();
    lines->set_error_handler([faults](const std::string& what) { faults->last = what; });
    return DecisionLines{std::move(lines), std::move(faults)};
  } catch (const spdlog::spdlog_ex& e) {
    return error(ErrorKind::invalid,
                 "cannot write decisions to {}: {}; set edge.decisions to a file that can be written", file, e.what());
  }
}

void DecisionLog::write(std::string_view model, const engine::AgentStatus& status, std::span<const model::Cut> cuts,
                        TimePoint now) {
  const auto found = last_.find(model);
  if (found != last_.end()) {
    const Last& last = found->second;
    if (last.moves == status.moves && last.reason == status.reason && last.bound == status.bound &&
        now - last.at < kAtLeastEvery)
      return;
  }
  last_.insert_or_assign(std::string(model), Last{now, status.moves, status.reason, status.bound});
  nlohmann::json line = http::decision_page(status, cuts);
  line["at"] = utc_now();
  line["model"] = model;
  to_.faults->last.clear();
  to_.lines->info(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  tell_of_faults(now);
}

void DecisionLog::tell_of_faults(TimePoint now) {
  if (to_.faults->last.empty()) {
    if (left_out_ > 0) log_->info("decisions are logged again; {} were left out", left_out_);
    left_out_ = 0;
    told_.reset();
    return;
  }
  ++left_out_;
  if (told_ && now - *told_ < kTellEvery) return;
  told_ = now;
  log_->warn(
      "{} decisions could not be logged so far, serving goes on: {}; free disk space, or set edge.decisions elsewhere",
      left_out_, to_.faults->last);
}

}  // namespace tideline::modes
