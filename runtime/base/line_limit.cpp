#include "runtime/base/line_limit.h"

#include <fmt/format.h>

#include <utility>

namespace tideline {

std::optional<std::string> LineLimit::admit(std::string_view kind, TimePoint now) {
  const std::lock_guard lock(m_);
  auto at = kinds_.find(kind);
  if (at == kinds_.end()) at = kinds_.emplace(kind, Kind{now, 0, 0, now}).first;
  Kind& known = at->second;
  if (now - known.since >= kPeriod) {
    known.since = now;
    known.lines = 0;
  }
  if (known.lines >= kLines) {
    if (known.left++ == 0) known.left_since = now;
    return std::nullopt;
  }
  ++known.lines;
  const std::uint64_t left = std::exchange(known.left, 0);
  if (left == 0) return std::string();
  return fmt::format(" ({} more like this in {:.0f} s were not logged)", left, seconds(now - known.left_since));
}

void LineLimit::write(spdlog::level::level_enum level, std::string_view kind, std::string_view line, TimePoint now) {
  if (!log_->should_log(level)) return;
  if (const auto more = admit(kind, now)) log_->log(level, "{}{}", line, *more);
}

}  // namespace tideline
