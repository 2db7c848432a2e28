// Peers: a Link to several equal clouds: it keeps a TcpLink to each and chooses one for every request.
//
// Balance chooses among the peers that hold the model in the requested precision; Health ejects bad ones. A request
// that is refused as overloaded, or lost with its peer, is retried once on another peer that should answer before the
// deadline. The requests of a stream stay with one peer while that gets requests. A tail has no side effects, so
// running it twice does no harm. With `reconnect_after`, every connection is replaced regularly, so that a load
// balancer in front of the clouds can move it to another cloud. The new connection is up before the old one gets no
// more requests, and the old one still delivers its answers. impose() needs a single peer and returns invalid here.
// Thread-safe.
//
//   Peers::Options options;
//   options.peers.resize(2);
//   options.peers[0].peer = {"10.0.0.7", 7070}, options.peers[1].peer = {"10.0.0.8", 7070};
//   Peers link(std::move(options), nullptr, log);
#pragma once

#include "runtime/base/log.h"
#include "runtime/link/health.h"
#include "runtime/link/link.h"
#include "runtime/link/tcp_link.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tideline::link {

class LoadBalancer;

class Peers final : public Link {
 public:
  struct Options {
    std::vector<TcpLink::Options> peers;      // At least one.
    std::optional<Duration> reconnect_after;  // Varied by up to a quarter; absent: never.
    HealthRule health;
    std::uint64_t seed = 0;  // For the choices. Edges with the same seed would choose alike.
  };

  // Starts connecting. `listener` may be null and must outlive the link.
  Peers(Options options, LinkListener* listener, Log log);
  ~Peers() override;

  // From now on, only peers that compute in that precision run tails of these models (by digest). Other models run in
  // any precision.
  void expect(std::map<std::string, Precision> precisions);

  std::unique_ptr<Pending> send(wire::TailRequest request) override;
  void probe(Bytes payload) override;  // Each call probes the next peer.
  Result<wire::LoadAnswer> impose(const wire::CloudLoad& asked, TimePoint deadline) override;
  void limit(std::optional<BitsPerSecond> rate) override;  // In total: each peer that is up gets an equal part.
  void delay(Duration added) override;
  LinkState state() const override;
  std::vector<PeerState> peers() const override;

 private:
  const std::shared_ptr<LoadBalancer> balancer_;
};

}  // namespace tideline::link
