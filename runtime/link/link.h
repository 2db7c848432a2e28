// Link: sends this edge's requests to its cloud: to one peer, or to several equal ones.
//
// send() never blocks and never fails: the Pending holds any error. Many requests may be outstanding at once. A Link
// connects, greets and reconnects in the background while it exists. Every answer, even a late one, reports its
// measurements of the link to the listener. A difference (TailRequest::is_difference()) leaves only over the connection
// that its request names; over any other one it gets the error no_reference. Thread-safe.
//
//   std::unique_ptr<Pending> pending = link.send(std::move(request));
//   const std::optional<Result<TailAnswer>> answer = pending->wait(deadline);
//   if (!answer) pending.reset();  // Not in time: abandons the request.
//   if (answer && *answer) return (*answer)->outputs;
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

namespace tideline::link {

// The answer to one request. Destroying a Pending abandons the request: if none of its bytes has been written, it
// leaves the queue. Belongs to one thread.
class Pending {
 public:
  virtual ~Pending() = default;

  // Waits for the answer until `until`; nothing means not yet. The kind of an error says what to do. Overloaded:
  // retry, after retry_after if the cloud gave one. Unavailable: proceed without the cloud. No reference: send the
  // tensors whole. Invalid, internal: none of these.
  // Returns the answer only once.
  virtual std::optional<Result<wire::TailAnswer>> wait(TimePoint until) = 0;
};

class LinkListener {
 public:
  virtual ~LinkListener() = default;
  // Called on the Link's own thread; must return quickly. REQUIRES: thread-safe.
  virtual void on_sample(const plan::LinkSample& sample) = 0;
};

struct LinkState {
  bool up = false;                             // Connected and greeted.
  std::string peer;                            // "127.0.0.1:7070"
  std::string why;                             // Why it is down; empty when up.
  std::map<std::string, std::string> models;   // Digest -> name, of the peer's models.
  std::map<std::string, std::string> machine;  // The peer's fingerprint.
  Precision precision = Precision::fp32;       // The precision of the peer's tails.
  int slots = 1;                               // Tails that the peer runs at once; several peers together.
  std::uint64_t connects = 0;                  // How often it came up.
  std::uint64_t violations = 0;                // Connections closed because the peer violated the protocol.
};

// The requests and the standing of one of several peers.
struct PeerCounters {
  double share = 1;                     // The probability that it takes part in a choice; 1 is full trust.
  std::size_t outstanding = 0;          // Unanswered requests now.
  std::optional<Duration> ejected_for;  // How much longer it gets no requests.
  std::string ejected_why;
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;     // Answered with an error, or lost with the connection.
  std::uint64_t abandoned = 0;  // Not answered in time.
  std::uint64_t retried = 0;    // Sent here after another peer failed; they also count above.
};

struct PeerState {
  LinkState link;
  std::optional<PeerCounters> standing;  // Absent if the link has one peer.
};

class Link {
 public:
  virtual ~Link() = default;

  virtual std::unique_ptr<Pending> send(wire::TailRequest request) = 0;

  // Sends `payload` bytes that the cloud times and drops; the listener gets the result. Zero bytes measure the RTT.
  // Does nothing while the link is down or a probe is outstanding.
  virtual void probe(Bytes payload) = 0;

  // Asks the cloud to load its own machine and waits for it. Returns invalid if the cloud does not allow it.
  virtual Result<wire::LoadAnswer> impose(const wire::CloudLoad& asked, TimePoint deadline) = 0;

  // Limits sending to this rate, by a token bucket before the socket; nothing removes the limit.
  virtual void limit(std::optional<BitsPerSecond> rate) = 0;

  // Holds back every request before its first byte is written, like a longer path. Reported round trips include the
  // delay. (TCP's own acknowledgements do not wait.) Zero removes it.
  virtual void delay(Duration added) = 0;

  // For several peers: up if any is; the models are those of all peers that are up.
  virtual LinkState state() const = 0;

  // Returns the state of every peer.
  virtual std::vector<PeerState> peers() const { return {PeerState{state(), std::nullopt}}; }
};

// Returns true iff a peer that is up holds the model and runs tails in that precision (nothing: in any).
bool serves(const Link& link, const std::string& model, std::optional<Precision> precision);

}  // namespace tideline::link
