// ConnectionRenewal: replaces connections to peers that have grown old: the new one is up before the old one gets no
// more requests.
//
// It has a thread of its own, and works under the mutex of the load balancer that it belongs to.
#pragma once

#include "runtime/link/balance.h"
#include "runtime/link/peer.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tideline::link {

class ConnectionRenewal {
 public:
  struct Parts {
    std::mutex& m;
    std::vector<Peer>& peers;                      // Guarded by m, as all below.
    Chance& chance;                                // Varies the ages.
    std::function<PeerConnection(Peer&)> connect;  // Starts a new connection.
  };

  // Replaces each connection when it is about that old: `after`, varied by up to a quarter.
  ConnectionRenewal(Duration after, Parts parts) : after_(after), parts_(std::move(parts)) {}

  void start();  // Starts the thread. REQUIRES: m is held; every peer has a connection.
  // From now on, does not touch the peers. REQUIRES: m is held.
  void end() { running_ = false; }
  void join();  // Ends the thread. REQUIRES: end() was called; m is not held.

 private:
  void run();
  // REQUIRE that m is held.
  void age(Peer& peer, TimePoint now, std::vector<PeerConnection>& gone);
  void replace(Peer& peer);
  TimePoint next_due(TimePoint now);

  const Duration after_;
  const Parts parts_;
  std::condition_variable ending_;
  bool running_ = false;  // Guarded by m.
  std::thread thread_;
};

}  // namespace tideline::link
