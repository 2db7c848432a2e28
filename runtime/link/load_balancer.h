// LoadBalancer: chooses the cloud for each request of a Peers link, and replaces old connections.
//
// It may outlive its Peers while a Pending holds it, but its links end with close(). Thread-safe.
#pragma once

#include "runtime/base/line_limit.h"
#include "runtime/link/connection_renewal.h"
#include "runtime/link/peer.h"
#include "runtime/link/peers.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tideline::link {

class LoadBalancer {
 public:
  LoadBalancer(Peers::Options options, LinkListener* listener, Log log);

  void open();   // Starts connecting.
  void close();  // Ends every link; outstanding requests get `unavailable`.

  // Where and when a request was sent.
  struct Ticket {
    std::size_t peer = 0;
    std::uint64_t line = 0;
    std::uint64_t connection = 0;
    plan::Plan plan;
    Priority priority = kUsualPriority;
    TimePoint sent;
    TimePoint deadline;
  };
  struct Sent {
    Ticket ticket;
    std::unique_ptr<Pending> pending;  // Never null.
  };

  // Sends to the peer at whose connection the request's stream is, if that peer is usable and gets requests; else to a
  // chosen one. A difference gets no_reference there, and the stream moves. Returns unavailable, with the reason, if no
  // peer is usable; invalid if peers are up and none of them holds the model.
  Result<Sent> send(wire::TailRequest request);
  // Sends to another peer than the failed one; nothing if none is expected to answer before the deadline.
  std::optional<Sent> resend(wire::TailRequest request, const Ticket& failed);
  bool has_others() const { return peers_.size() > 1; }

  // The outcome of a request; to be reported once for each.
  void answered(const Ticket& ticket, const wire::TailAnswer& answer);
  void failed(const Ticket& ticket, const Error& why);
  void abandoned(const Ticket& ticket);

  void expect(std::map<std::string, Precision> precisions);
  void probe(Bytes payload);
  void limit(std::optional<BitsPerSecond> rate);
  void delay(Duration added);
  std::vector<PeerState> peers() const;

 private:
  // All REQUIRE that m_ is held.
  PeerConnection new_line(Peer& peer);
  std::vector<PeerLoad> candidates(const wire::TailRequest& request, TimePoint now);
  // Returns the peer at whose connection the request's stream is; nothing if it gets no requests now.
  std::optional<std::size_t> home_of(const wire::TailRequest& request, std::span<const PeerLoad> loads) const;
  Sent send_to(std::size_t which, wire::TailRequest request, TimePoint now);
  Error nobody(const wire::TailRequest& request) const;
  Peer* leave(const Ticket& ticket);  // Removes the request from its connection; null if that is gone.
  void judge(std::size_t which, const plan::Plan& plan, TimePoint now);
  void share_rate(bool always);  // Otherwise only if the number of connected peers has changed.
  std::optional<BitsPerSecond> part_of_rate() const;

  const Peers::Options options_;
  const Log log_;
  LineLimit lines_{log_};  // Thread-safe.

  mutable std::mutex m_;
  std::vector<Peer> peers_;  // All below are guarded by m_. Their number is constant.
  std::map<std::string, Precision> wanted_;
  std::optional<BitsPerSecond> rate_;
  Duration delay_{};
  std::ptrdiff_t sharing_ = 1;  // The number of peers that share the rate.
  std::size_t probed_ = 0;      // The last one.
  std::uint64_t last_line_ = 0;
  Chance chance_;

  std::optional<ConnectionRenewal> renewal_;  // Constant after construction; absent: connections are not replaced.
};

}  // namespace tideline::link
