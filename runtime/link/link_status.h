// LinkStatus: the current state of the peer, set by the link's thread, read or awaited by others. Thread-safe.
#pragma once

#include "runtime/link/link.h"
#include "runtime/link/rests.h"
#include "runtime/wire/message.h"

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace tideline::link {

class LinkStatus {
 public:
  explicit LinkStatus(std::string peer) : peer_(std::move(peer)) {
    state_.peer = peer_;
    state_.why = "the link is connecting";
  }

  void set_up(wire::Welcome welcome, std::shared_ptr<const wire::ConnectionMark> mark);
  void set_down(std::string why);
  // The peer does not respond, but the connection holds: it counts as down until set_heard().
  void set_silent(std::string why);
  void set_heard();
  // The current step of connecting; shown until the first attempt has failed, then its reason is.
  void set_step(std::string what);
  void note_violation();  // The connection was closed because the peer violated the protocol.

  // The cloud is overloaded: no tail of that priority or a lower one is sent before `until`. The latest time counts.
  void set_busy(Priority priority, TimePoint until);

  LinkState state() const;

  // Returns the number of the connection whose peer runs tails of the model in that precision (nothing: in any);
  // nothing if there is none.
  std::optional<std::uint64_t> serving(const std::string& model, std::optional<Precision> precision) const;

  // Returns true iff the link is up and its connection has that mark.
  bool is_on(const wire::ConnectionMark& mark) const;

  // Returns the error for a request while the link is down; no error if it is up.
  Result<void> check() const;
  // The same for a tail; also overloaded while the cloud is busy for tails of that priority.
  Result<void> check_tail(Priority priority) const;
  Result<void> wait_up(TimePoint deadline) const;

 private:
  Error down() const;  // REQUIRES: m_ is held.

  const std::string peer_;
  mutable std::mutex m_;
  mutable std::condition_variable changed_;
  LinkState state_;                                   // All below are guarded by m_.
  std::shared_ptr<const wire::ConnectionMark> mark_;  // Of the last connection.
  Rests busy_;
  bool silent_ = false;
  bool failed_ = false;  // An attempt has failed, or a connection was lost, since it was last up.
};

}  // namespace tideline::link
