#include "runtime/base/budget.h"

#include "runtime/base/memory_room.h"

#include <algorithm>
#include <utility>

namespace tideline {

Budget::Bounds Budget::usual() {
  constexpr Bytes kMost = 1024_MiB;
  const auto memory = memory_room({});
  const Bytes all = memory ? std::min(kMost, Bytes{memory->total.count / 4}) : kMost;
  return {all, {all.count / 2}};
}

std::uint64_t Budget::of(const std::string& peer) const {
  const auto found = peers_.find(peer);
  return found == peers_.end() ? 0 : found->second;
}

Result<void> Budget::add(const std::string& peer, Bytes more) {
  const std::uint64_t most = std::min(bounds_.all, bounds_.per_peer).count;
  if (more.count > most)
    return error(ErrorKind::invalid, "{} exceed the limit of {} for one peer; send less", to_string(more),
                 to_string(Bytes{most}));
  const std::lock_guard lock(m_);
  const std::uint64_t own = of(peer);
  // Subtracts, because set() may have exceeded the bounds already.
  if (own > bounds_.per_peer.count || more.count > bounds_.per_peer.count - own)
    return error(ErrorKind::overloaded, "{} are already held for this peer; {} more would exceed the limit of {}",
                 to_string(Bytes{own}), to_string(more), to_string(bounds_.per_peer));
  if (all_ > bounds_.all.count || more.count > bounds_.all.count - all_)
    return error(ErrorKind::overloaded, "{} are already held; {} more would exceed the limit of {}",
                 to_string(Bytes{all_}), to_string(more), to_string(bounds_.all));
  if (more.count == 0) return {};
  all_ += more.count;
  peers_[peer] += more.count;
  return {};
}

void Budget::change(const std::string& peer, Bytes from, Bytes to) {
  if (from == to) return;
  const std::lock_guard lock(m_);
  all_ = all_ - from.count + to.count;
  const auto own = peers_.try_emplace(peer, 0).first;
  own->second = own->second - from.count + to.count;
  if (own->second == 0) peers_.erase(own);
}

Result<Budget::Held> Budget::take(std::string peer, Bytes size) {
  Held held(this, std::move(peer));
  if (auto grown = held.grow(size); !grown) return grown.error();
  return held;
}

Bytes Budget::held() const {
  const std::lock_guard lock(m_);
  return {all_};
}

Bytes Budget::held_for(const std::string& peer) const {
  const std::lock_guard lock(m_);
  return {of(peer)};
}

Budget::Held& Budget::Held::operator=(Held&& other) noexcept {
  if (this == &other) return *this;
  give_back();
  budget_ = std::exchange(other.budget_, nullptr);
  peer_ = std::move(other.peer_);
  size_ = std::exchange(other.size_, Bytes{});
  return *this;
}

Result<void> Budget::Held::grow(Bytes more) {
  if (budget_)
    if (auto added = budget_->add(peer_, more); !added) return added;
  size_.count += more.count;
  return {};
}

void Budget::Held::set(Bytes size) {
  if (budget_) budget_->change(peer_, size_, size);
  size_ = size;
}

void Budget::Held::give_back() {
  if (budget_) set({});
}

}  // namespace tideline
