#include "runtime/link/rests.h"

#include <iterator>

namespace tideline::link {

// What is over, or concerns a part of what the new rest does and ends no later, says nothing any more.
void Rests::add(Priority priority, TimePoint until, TimePoint now) {
  if (until <= this->until(priority)) return;
  std::erase_if(
      until_, [&](const auto& rest) { return rest.second <= now || (rest.first >= priority && rest.second <= until); });
  until_[priority] = until;
}

TimePoint Rests::until(Priority priority) const {
  const auto lower = until_.upper_bound(priority);
  return lower == until_.begin() ? TimePoint{} : std::prev(lower)->second;
}

}  // namespace tideline::link
