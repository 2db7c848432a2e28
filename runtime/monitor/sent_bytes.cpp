#include "runtime/monitor/sent_bytes.h"

#include <chrono>

namespace tideline::monitor {
namespace {

constexpr std::int64_t kDay = 24;

std::int64_t hour_of(TimePoint at) {
  return std::chrono::floor<std::chrono::hours>(at.time_since_epoch()).count();
}

}  // namespace

void SentBytes::add(Bytes bytes, TimePoint at) {
  const std::lock_guard lock(m_);
  const std::int64_t hour = hour_of(at);
  if (hours_.empty() || hours_.back().first < hour) hours_.emplace_back(hour, 0);
  hours_.back().second += bytes.count;
  while (hours_.front().first < hour - kDay) hours_.pop_front();
}

Bytes SentBytes::last_day(TimePoint now) const {
  const std::lock_guard lock(m_);
  Bytes sum;
  for (const auto& [hour, bytes] : hours_)
    if (hour >= hour_of(now) - kDay) sum.count += bytes;
  return sum;
}

}  // namespace tideline::monitor
