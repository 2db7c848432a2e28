// Link: the way from this edge to its cloud: to one peer, or to several that are equals.
//
// send() never blocks and never fails: what went wrong is in the Pending. Many requests may be under way at once.
// A Link looks after its own connection: it connects, greets, and reconnects in the background for as long as it lives.
// Every answer that arrives, wanted or late, tells the listener what it says about the link.
// Thread-safe.
#pragma once

#include "policy/plan/link_sample.h"
#include "policy/plan/plan.h"
#include "runtime/base/precision.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/base/time.h"
#include "runtime/base/units.h"
#include "runtime/wire/tail_call.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tideline {

// The answer to one request. Dropping a Pending abandons the request: if not one byte of it has been written, it is
// taken from the queue. Belongs to one thread.
class Pending {
 public:
  virtual ~Pending() = default;

  // Waits until the answer is there or `until` has passed; nothing means not yet. An error says whether to repeat
  // (overloaded; how long after, where the cloud said so), go on without (unavailable) or neither (invalid, internal).
  // Once it has answered, it answers no more.
  virtual std::optional<Result<TailAnswer>> wait(TimePoint until) = 0;
};

class LinkListener {
 public:
  virtual ~LinkListener() = default;
  // Called on the Link's own thread: return quickly. REQUIRES: thread-safe.
  virtual void on_sample(const LinkSample& sample) = 0;
};

struct LinkState {
  bool up = false;                             // Connected and greeted.
  std::string peer;                            // "127.0.0.1:7070"
  std::string why;                             // Why it is down; empty when up.
  std::map<std::string, std::string> models;   // Digest -> name of what the peer holds.
  std::map<std::string, std::string> machine;  // The peer's fingerprint.
  Precision precision = Precision::fp32;       // In which the peer runs tails.
  std::uint64_t connects = 0;                  // How often it came up.
  std::uint64_t violations = 0;                // How often it was hung up on because what it said cannot be.
};

// How one of several peers fares among its siblings.
struct PeerCounters {
  double share = 1;                     // Of full trust: the probability with which it takes part in a choice.
  std::size_t outstanding = 0;          // Requests under way there now.
  std::optional<Duration> ejected_for;  // How much longer it gets no requests.
  std::string ejected_why;
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;     // Answered with an error, or lost with the connection.
  std::uint64_t abandoned = 0;  // Not answered in time.
  std::uint64_t retried = 0;    // Sent here when another peer had failed; they count above, too.
};

struct PeerState {
  LinkState link;
  std::optional<PeerCounters> standing;  // Absent for a link's only peer.
};

class Link {
 public:
  virtual ~Link() = default;

  virtual std::unique_ptr<Pending> send(TailRequest request) = 0;

  // Sends `payload` bytes that the cloud drops and stamps; what it learns goes to the listener. Zero bytes measure RTT.
  // Does nothing while the link is down or a probe is under way.
  virtual void probe(Bytes payload) = 0;

  // Asks the cloud to load its own machine and waits for it. Returns invalid when the cloud does not allow it.
  virtual Result<LoadAnswer> impose(const CloudLoad& asked, TimePoint deadline) = 0;

  // Holds what is sent to this rate (a token bucket before the socket); nothing lifts it.
  virtual void limit(std::optional<BitsPerSecond> rate) = 0;

  // Holds every request back for so long before its first byte is written, as a longer way would; round trips that are
  // told include it. (TCP's own acknowledgements do not wait.) Zero lifts it.
  virtual void delay(Duration added) = 0;

  // Of several peers: up if any is, and then what those hold that are up.
  virtual LinkState state() const = 0;

  // Returns every peer by itself.
  virtual std::vector<PeerState> peers() const { return {PeerState{state(), std::nullopt}}; }
};

// Returns true iff a peer is up that holds the model and runs its tails in that precision; with nothing, in whichever.
bool serves(const Link& link, const std::string& model, std::optional<Precision> precision);

}  // namespace tideline
