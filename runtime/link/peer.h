// Peer: one of the clouds that a Peers link sends to: its connection, and what is known of it.
//
// Belongs to the LoadBalancer, under its mutex, but for PeerReadings, which the link's thread writes.
#pragma once

#include "runtime/link/balance.h"
#include "runtime/link/health.h"
#include "runtime/link/tcp_link.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace tideline {

// What the connections to one peer tell of the way there; passed on for as long as the peer is used. Thread-safe.
class PeerReadings final : public LinkListener {
 public:
  explicit PeerReadings(LinkListener* next) : next_(next) {}
  void on_sample(const LinkSample& sample) override;
  void pass_on(bool yes) { passed_on_ = yes; }

  std::optional<Duration> rtt() const;
  std::optional<BitsPerSecond> uplink() const;

 private:
  LinkListener* const next_;  // May be null.
  std::atomic<bool> passed_on_{true};
  mutable std::mutex m_;
  std::optional<Duration> rtt_;  // Guarded by m_, as the next; smoothed.
  std::optional<BitsPerSecond> uplink_;
};

// One connection to a peer and what is under way on it.
struct PeerConnection {
  std::uint64_t id = 0;
  std::unique_ptr<TcpLink> link;
  std::size_t outstanding = 0;
  std::uint64_t connection = 0;  // The link's, as it was last seen.
  std::uint64_t broken = 0;      // The last of its connections whose loss was counted as a failure.
};

struct Peer {
  Peer(TcpLink::Options to, LinkListener* listener)
      : options(std::move(to)), readings(std::make_unique<PeerReadings>(listener)) {}

  const TcpLink::Options options;
  std::unique_ptr<PeerReadings> readings;  // Outlives the lines.
  PeerConnection line;                       // That requests are sent on.
  PeerConnection coming;                     // That will take its place; its link is null when there is none.
  std::vector<PeerConnection> leaving;       // That still owe answers.
  std::uint64_t connects_before = 0;   // Of lines that are gone, as the next.
  std::uint64_t violations_before = 0;
  std::optional<TimePoint> due;  // When the line is to be replaced.
  Health health;
  PeerCounters counted;  // Its counters; what else it says is told anew each time.

  std::size_t outstanding() const;
  PeerConnection* find(std::uint64_t id);  // Null when it is gone.
  LinkState state() const;

  // How it looks to a request now; takes note of a connection that came.
  PeerLoad candidate(const TailRequest& request, std::optional<Precision> precision, TimePoint now,
                     const HealthRule& rule);
};

}  // namespace tideline
