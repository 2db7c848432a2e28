#include "runtime/link/connection_renewal.h"

#include <algorithm>
#include <random>
#include <utility>

namespace tideline::link {
namespace {

constexpr Duration kLook = std::chrono::milliseconds(10);  // While a connection is being replaced.
constexpr Duration kSpread = std::chrono::seconds(1);      // Least time before a failed replacement is retried.

}  // namespace

void ConnectionRenewal::start() {
  running_ = true;
  const TimePoint now = Clock::now();
  for (Peer& peer : parts_.peers) peer.due = next_due(now);
  thread_ = std::thread([this] { run(); });
}

void ConnectionRenewal::join() {
  ending_.notify_all();
  if (thread_.joinable()) thread_.join();
}

// Spreads the replacements, over all edges and over the connections of this edge.
TimePoint ConnectionRenewal::next_due(TimePoint now) {
  std::uniform_real_distribution<double> around(0.75, 1.25);
  return now + std::chrono::duration_cast<Duration>(around(parts_.chance) * after_);
}

void ConnectionRenewal::run() {
  std::unique_lock lock(parts_.m);
  while (running_) {
    const TimePoint now = Clock::now();
    TimePoint next = TimePoint::max();
    std::vector<PeerConnection> gone;
    for (Peer& peer : parts_.peers) {
      age(peer, now, gone);
      next = std::min(next, peer.coming.link || !peer.leaving.empty() ? now + kLook : *peer.due);
    }
    if (!gone.empty()) {  // Destroys the links without m: their threads may wait for it.
      lock.unlock();
      gone.clear();
      lock.lock();
    }
    ending_.wait_until(lock, next, [this] { return !running_; });
  }
}

void ConnectionRenewal::age(Peer& peer, TimePoint now, std::vector<PeerConnection>& gone) {
  const auto rest =
      std::ranges::partition(peer.leaving, [](const PeerConnection& line) { return line.outstanding > 0; });
  std::ranges::move(rest, std::back_inserter(gone));
  peer.leaving.erase(rest.begin(), rest.end());
  if (peer.coming.link && peer.coming.link->is_up()) return replace(peer);
  if (now < *peer.due) return;
  if (peer.coming.link) {
    // The new connection failed; the old one stays.
    gone.push_back(std::exchange(peer.coming, {}));
    peer.due = std::max(next_due(now), now + kSpread);
  } else if (peer.line.link->is_up()) {
    peer.coming = parts_.connect(peer);
    peer.due = now + peer.options.dead_after;
  } else {
    peer.due = next_due(now);  // It is already reconnecting.
  }
}

// For the peer's Health this is no new peer: no slow start.
void ConnectionRenewal::replace(Peer& peer) {
  const LinkState before = peer.line.link->state();
  peer.connects_before += before.connects;
  peer.violations_before += before.violations;
  peer.leaving.push_back(std::exchange(peer.line, std::exchange(peer.coming, {})));
  peer.line.connection = peer.line.link->state().connects;
  peer.due = next_due(Clock::now());
}

}  // namespace tideline::link
