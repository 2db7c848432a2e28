#include "runtime/net/refusals.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <utility>

namespace tideline {
namespace {

constexpr int kLines = 10;
constexpr Duration kPeriod = std::chrono::seconds(10);

}  // namespace

void Refusals::note(std::string_view reason, std::string_view line, TimePoint now) {
  std::string more;
  {
    const std::lock_guard lock(m_);
    auto at = kinds_.find(reason);
    if (at == kinds_.end()) at = kinds_.emplace(reason, Kind{0, now, 0, 0}).first;
    Kind& kind = at->second;
    ++kind.count;
    if (now - kind.since >= kPeriod) {
      kind.since = now;
      kind.lines = 0;
    }
    if (kind.lines >= kLines) {
      ++kind.left;
      return;
    }
    ++kind.lines;
    if (const std::uint64_t left = std::exchange(kind.left, 0); left > 0)
      more = fmt::format(" ({} more like it were not logged)", left);
  }
  log_->warn("{}{}", line, more);
}

std::map<std::string, std::uint64_t> Refusals::counts() const {
  const std::lock_guard lock(m_);
  std::map<std::string, std::uint64_t> counts;
  for (const auto& [reason, kind] : kinds_) counts.emplace(reason, kind.count);
  return counts;
}

}  // namespace tideline
