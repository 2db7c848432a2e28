#include "runtime/engine/stream_references.h"

#include <limits>

namespace tideline::engine {
namespace {

// With a rough size of what is kept beside the codes.
std::uint64_t memory_of(const std::shared_ptr<const StreamReference>& reference) {
  constexpr std::uint64_t kRest = 512;
  std::uint64_t sum = kRest;
  if (!reference) return sum;
  for (const auto& codes : reference->codes)
    if (codes) sum += codes->bytes();
  return sum;
}

}  // namespace

StreamReferences::Next StreamReferences::next(const std::string& sequence, const plan::Plan& plan) {
  Dropped dropped;
  const std::lock_guard lock(m_);
  Known& known = *use({sequence, plan}, dropped);
  if (known.reference && !known.reference->connection->is_open()) set(known, nullptr, dropped);
  return {known.number, ++known.last_frame, known.reference};
}

void StreamReferences::answered(const std::string& sequence, const plan::Plan& plan, std::uint64_t stream,
                                StreamReference reference) {
  auto made = std::make_shared<const StreamReference>(std::move(reference));
  Dropped dropped;
  const std::lock_guard lock(m_);
  const auto found = by_key_.find({sequence, plan});
  if (found == by_key_.end() || found->second->number != stream) return;
  Known& known = *found->second;
  if (known.reference && known.reference->frame > made->frame) return;
  set(known, std::move(made), dropped);
  while (memory_ > bounds_.memory.count && !order_.empty()) drop(order_.begin(), dropped);
}

void StreamReferences::lost(const std::string& sequence, const plan::Plan& plan, std::uint32_t frame) {
  Dropped dropped;
  const std::lock_guard lock(m_);
  const auto found = by_key_.find({sequence, plan});
  if (found == by_key_.end()) return;
  Known& known = *found->second;
  if (known.reference && known.reference->frame == frame) set(known, nullptr, dropped);
}

void StreamReferences::forget(const std::string& sequence, const std::string& model) {
  Dropped dropped;
  const std::lock_guard lock(m_);
  auto at = by_key_.lower_bound({sequence, {.model = model, .cut = 0, .codec = {}}});
  while (at != by_key_.end() && at->first.first == sequence && at->first.second.model == model)
    drop((at++)->second, dropped);
}

StreamReferences::Held StreamReferences::held() const {
  const std::lock_guard lock(m_);
  return {order_.size(), {memory_}};
}

// Returns the stream as the last one that was used; a new one if it is unknown, or out of numbers.
StreamReferences::Order::iterator StreamReferences::use(const Key& key, Dropped& dropped) {
  auto found = by_key_.find(key);
  if (found != by_key_.end() && found->second->last_frame == std::numeric_limits<std::uint32_t>::max()) {
    drop(found->second, dropped);
    found = by_key_.end();
  }
  if (found != by_key_.end()) {
    order_.splice(order_.end(), order_, found->second);
    return found->second;
  }
  while (order_.size() >= bounds_.streams && !order_.empty()) drop(order_.begin(), dropped);
  order_.push_back({key, ++last_number_, 0, nullptr});
  memory_ += memory_of(nullptr);
  const auto made = std::prev(order_.end());
  by_key_.emplace(key, made);
  return made;
}

void StreamReferences::set(Known& known, std::shared_ptr<const StreamReference> reference, Dropped& dropped) {
  memory_ += memory_of(reference);
  memory_ -= memory_of(known.reference);
  dropped.push_back(std::exchange(known.reference, std::move(reference)));
}

void StreamReferences::drop(Order::iterator at, Dropped& dropped) {
  memory_ -= memory_of(at->reference);
  dropped.push_back(std::move(at->reference));
  by_key_.erase(Key(at->key));
  order_.erase(at);
}

}  // namespace tideline::engine
