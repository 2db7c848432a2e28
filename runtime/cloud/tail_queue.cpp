#include "runtime/cloud/tail_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tideline::cloud {

void TailQueue::push(Waiting waiting) {
  const Priority priority = waiting.job.requested.asked.priority;
  levels_[priority].push(std::move(waiting));
}

std::size_t TailQueue::size() const {
  std::size_t size = 0;
  for (const auto& [priority, level] : levels_) size += level.size();
  return size;
}

std::vector<TailQueue::Waiting> TailQueue::take(std::size_t most) {
  const auto first = levels_.begin();
  std::vector<Waiting> taken = first->second.take(most);
  if (first->second.empty()) levels_.erase(first);
  return taken;
}

std::vector<TailQueue::Waiting> TailQueue::take_if(const std::function<bool(const TailJob&)>& so) {
  std::vector<Waiting> taken;
  for (auto& [priority, level] : levels_) {
    std::vector<Waiting> some = level.take_if(so);
    std::move(some.begin(), some.end(), std::back_inserter(taken));
  }
  std::erase_if(levels_, [](const auto& level) { return level.second.empty(); });
  return taken;
}

std::optional<TailQueue::Waiting> TailQueue::make_room_for(const void* peer, Priority priority) {
  const auto lowest = std::prev(levels_.end());
  if (lowest->first < priority) return std::nullopt;
  const bool displaces = lowest->first > priority;
  std::optional<Waiting> taken = displaces ? lowest->second.take_newest() : lowest->second.make_room_for(peer);
  if (lowest->second.empty()) levels_.erase(lowest);
  return taken;
}

std::size_t TailQueue::before(const TailJob::From& from, Priority priority) const {
  std::size_t count = 0;
  for (const auto& [of, level] : levels_) {
    if (of > priority) break;
    count += of < priority ? level.size() : level.before(from);
  }
  return count;
}

}  // namespace tideline::cloud
