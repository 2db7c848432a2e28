// Peer: one of the clouds of a Peers link: its connections, measurements and counters.
//
// Belongs to the LoadBalancer, under its mutex, except for PeerReadings, which the link's thread writes.
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

namespace tideline::link {

// The measurements of the path to one peer; passed on to the next listener while the peer is used. Thread-safe.
class PeerReadings final : public LinkListener {
 public:
  explicit PeerReadings(LinkListener* next) : next_(next) {}
  void on_sample(const plan::LinkSample& sample) override;
  void pass_on(bool yes) { passed_on_ = yes; }

  std::optional<Duration> rtt() const;
  std::optional<BitsPerSecond> uplink() const;

 private:
  LinkListener* const next_;  // May be null.
  std::atomic<bool> passed_on_{true};
  mutable std::mutex m_;
  std::optional<Duration> rtt_;  // Both are guarded by m_ and smoothed.
  std::optional<BitsPerSecond> uplink_;
};

// One connection to a peer and its outstanding requests.
struct PeerConnection {
  std::uint64_t id = 0;
  std::unique_ptr<TcpLink> link;
  std::size_t outstanding = 0;
  std::uint64_t connection = 0;  // The link's connection number when last seen.
  std::uint64_t broken = 0;      // The last connection number whose loss was counted as a failure.
};

struct Peer {
  Peer(TcpLink::Options to, LinkListener* listener)
      : options(std::move(to)), readings(std::make_unique<PeerReadings>(listener)) {}

  const TcpLink::Options options;
  std::unique_ptr<PeerReadings> readings;  // Outlives the connections.
  PeerConnection line;                     // Carries new requests.
  PeerConnection coming;                   // Will replace `line`; its link is null if there is none.
  std::vector<PeerConnection> leaving;     // Replaced, with outstanding answers.
  std::uint64_t connects_before = 0;       // Of former connections.
  std::uint64_t violations_before = 0;     // Of former connections.
  std::optional<TimePoint> due;            // When `line` is to be replaced.
  Health health;
  PeerCounters counted;  // Only its counters; LoadBalancer::peers() computes the other fields.

  std::size_t outstanding() const;
  PeerConnection* find(std::uint64_t id);  // Null if it is gone.
  LinkState state() const;

  // Returns its state for a request now. Begins its slow start if there is a new connection.
  PeerLoad candidate(const wire::TailRequest& request, std::optional<Precision> precision, TimePoint now,
                     const HealthRule& rule);
};

}  // namespace tideline::link
