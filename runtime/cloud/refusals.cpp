#include "runtime/cloud/refusals.h"

namespace tideline::cloud {

void Refusals::note(std::string_view reason, std::string_view line, TimePoint now) {
  {
    const std::lock_guard lock(m_);
    auto at = counts_.find(reason);
    if (at == counts_.end()) at = counts_.emplace(reason, 0).first;
    ++at->second;
  }
  lines_.write(spdlog::level::warn, reason, line, now);
}

std::map<std::string, std::uint64_t> Refusals::counts() const {
  const std::lock_guard lock(m_);
  return {counts_.begin(), counts_.end()};
}

}  // namespace tideline::cloud
