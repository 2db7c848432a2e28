// TcpLink: a Link to one cloud over TCP, plain or inside TLS; speaks runtime/wire/PROTOCOL.md.
//
// It has its own I/O thread. Requests leave in the order of send(), each as one gather write (or in paced pieces under
// limit()). While the link is down, send() answers unavailable at once. It reconnects after 50 ms, doubling to 2 s.
//
//   TcpLink::Options options;
//   options.peer = {"127.0.0.1", 7070};
//   TcpLink link(options, nullptr, log);
//   if (auto up = link.wait_up(Clock::now() + std::chrono::seconds(5)); !up) return up.error();
#pragma once

#include "runtime/base/log.h"
#include "runtime/link/link.h"
#include "runtime/wire/endpoint.h"
#include "runtime/wire/limits.h"
#include "runtime/wire/tls_identity.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace tideline::link {

class TcpLink final : public Link {
 public:
  struct Options {
    wire::Endpoint peer;
    wire::Limits limits;
    wire::TlsIdentity tls;  // Of new connections; none: plain TCP.
    std::string tls_name;   // The name that the cloud's certificate must hold; empty: the peer's host.
    Duration keepalive = std::chrono::seconds(1);  // Interval of RTT measurements and of checks for a dead peer.
    Duration dead_after =
        std::chrono::seconds(5);  // Without a sign of the peer's program while an answer is outstanding.
    // For each step of connecting: name servers, TCP, TLS, greeting. Each but the first takes one round trip.
    Duration connect_timeout = std::chrono::seconds(5);
  };

  // Starts connecting. `listener` may be null and must outlive the link.
  TcpLink(Options options, LinkListener* listener, Log log);
  ~TcpLink() override;

  std::unique_ptr<Pending> send(wire::TailRequest request) override;
  void probe(Bytes payload) override;
  Result<wire::LoadAnswer> impose(const wire::CloudLoad& asked, TimePoint deadline) override;
  void limit(std::optional<BitsPerSecond> rate) override;
  void delay(Duration added) override;
  LinkState state() const override;

  bool is_up() const;
  // As LinkStatus::serving(). Cheap enough to call before every request, like is_up().
  std::optional<std::uint64_t> serving(const std::string& model, std::optional<Precision> precision) const;

  // Returns true iff the link is up and its connection has that mark.
  bool is_on(const wire::ConnectionMark& mark) const;

  // Waits until the link is up. Returns unavailable, with the reason, if `deadline` passes first.
  Result<void> wait_up(TimePoint deadline) const;

 private:
  class Reconnector;
  const std::shared_ptr<Reconnector> reconnector_;
};

}  // namespace tideline::link
