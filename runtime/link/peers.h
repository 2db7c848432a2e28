// Peers: the Link over several clouds that are equals: a TcpLink to each, and for every request a choice among them.
//
// The choice is Balance's, among the peers that hold the model in the precision that is wanted; Health says which are
// ejected. A request that a peer refuses as overloaded, or that is lost with it, goes to another one, once, if that is
// expected to answer before the deadline: a tail has no effects, so running it twice does no harm. With
// `reconnect_after` every connection is replaced now and then, so that a load balancer in front of the clouds can lead
// it to another: the new one is up before the old one gets no more, and what is under way on that is still answered.
// impose() is for one peer alone and returns invalid here. Thread-safe.
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

namespace tideline {

class Peers final : public Link {
 public:
  struct Options {
    std::vector<TcpLink::Options> peers;      // At least one.
    std::optional<Duration> reconnect_after;  // Give or take a quarter; absent: as long as they hold.
    HealthRule health;
    std::uint64_t seed = 0;  // Of the choices. Edges must differ in it, or all of them choose alike.
  };

  // Starts connecting. `listener` may be null and must outlive the link.
  Peers(Options options, LinkListener* listener, Log log);
  ~Peers() override;

  // From now on tails of these models (by digest) are run only by peers that compute in that precision; of others, in
  // whichever.
  void expect(std::map<std::string, Precision> precisions);

  std::unique_ptr<Pending> send(TailRequest request) override;
  void probe(Bytes payload) override;  // Of one peer after the other.
  Result<LoadAnswer> impose(const CloudLoad& asked, TimePoint deadline) override;
  void limit(std::optional<BitsPerSecond> rate) override;  // Of all together: each that is up gets an equal part.
  void delay(Duration added) override;
  LinkState state() const override;
  std::vector<PeerState> peers() const override;

 private:
  class LoadBalancer;
  const std::shared_ptr<LoadBalancer> pool_;
};

}  // namespace tideline
