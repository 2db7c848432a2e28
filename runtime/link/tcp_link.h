// TcpLink: the Link over one TCP connection, plain or inside TLS, speaking runtime/wire/PROTOCOL.md.
//
// One I/O thread of its own. Requests leave in the order of send(), each as one gather write (or in paced pieces under
// limit()). While the link is down, send() answers unavailable at once. Reconnects after 50 ms, doubling to 2 s.
#pragma once

#include "runtime/base/log.h"
#include "runtime/link/link.h"
#include "runtime/wire/endpoint.h"
#include "runtime/wire/limits.h"
#include "runtime/wire/tls.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace tideline {

class TcpLink final : public Link {
 public:
  struct Options {
    Endpoint peer;
    Limits limits;
    std::shared_ptr<const TlsContext> tls;          // Null: plain TCP.
    std::string tls_name;                           // What the cloud's certificate has to name; empty: the peer's host.
    Duration keepalive = std::chrono::seconds(1);   // RTT is measured, and a dead peer noticed, this often.
    Duration dead_after = std::chrono::seconds(5);  // Without a sign of the peer's program while something is owed.
    // Of each step of connecting: name servers, TCP, TLS, greeting. Each but the first takes one round trip.
    Duration connect_timeout = std::chrono::seconds(5);
  };

  // Starts connecting. `listener` may be null and must outlive the link.
  TcpLink(Options options, LinkListener* listener, Log log);
  ~TcpLink() override;

  std::unique_ptr<Pending> send(TailRequest request) override;
  void probe(Bytes payload) override;
  Result<LoadAnswer> impose(const CloudLoad& asked, TimePoint deadline) override;
  void limit(std::optional<BitsPerSecond> rate) override;
  void delay(Duration added) override;
  LinkState state() const override;

  bool is_up() const;
  // As LinkStatus::serving(); like is_up() cheap enough to be asked before every request.
  std::optional<std::uint64_t> serving(const std::string& model, std::optional<Precision> precision) const;

  // Waits until the link is up. Returns unavailable, saying why it is not, when `deadline` passes first.
  Result<void> wait_up(TimePoint deadline) const;

 private:
  class Reconnector;
  const std::shared_ptr<Reconnector> connection_;
};

}  // namespace tideline
