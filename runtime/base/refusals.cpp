#include "runtime/base/refusals.h"

namespace tideline {

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

void note_request(Refusals* refused, std::string_view reason, const Error& why) {
  if (refused) refused->note(reason, "a request was refused: " + why.message);
}

}  // namespace tideline
