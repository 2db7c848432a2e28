// Pings: the probe frames of one connection, which the cloud echoes at once: keepalives, and probes of the uplink.
//
// At most one of each is outstanding. Belongs to the I/O thread.
#pragma once

#include "runtime/link/frame_channel.h"
#include "runtime/link/outstanding_requests.h"
#include "runtime/link/tcp_link.h"

#include <atomic>
#include <cstdint>
#include <optional>

namespace tideline::link {

class Pings {
 public:
  static constexpr Duration kShortestPatience = std::chrono::milliseconds(250);  // Less may be a scheduler's delay.

  // `next_id` is shared by all requests of the link.
  Pings(FrameChannel& channel, const TcpLink::Options& options, std::atomic<std::uint64_t>& next_id);

  // Returns true iff it is time for a keepalive and none is outstanding. More often while a request is late, to find
  // out whether the cloud still responds.
  bool is_due(TimePoint now, const OutstandingRequests& requests) const;
  void keep_alive(TimePoint now);  // Sends a keepalive.
  void probe(Bytes payload);       // Does nothing if a probe is outstanding.

  // Removes the ping that the cloud echoed. Returns its round trip, if it had no payload; corrupt if it is not
  // outstanding or the stamps are impossible.
  Result<std::optional<Duration>> settle(std::uint64_t id, const wire::Stamps& stamps);

  bool empty() const { return !keepalive_ && !probe_; }
  // When the outstanding keepalive left; nothing if there is none, or if it is queued.
  std::optional<TimePoint> keepalive_sent() const { return keepalive_ ? keepalive_->sent : std::nullopt; }

 private:
  struct Ping {
    std::uint64_t id = 0;
    Bytes payload;
    std::optional<TimePoint> sent;  // Nothing while it is queued.
  };
  void send(std::optional<Ping>& slot, Bytes payload);

  FrameChannel& channel_;
  const TcpLink::Options& options_;
  std::atomic<std::uint64_t>& next_id_;
  std::optional<Ping> keepalive_;
  std::optional<Ping> probe_;
  TimePoint kept_alive_;  // When the last keepalive was pushed.
};

}  // namespace tideline::link
