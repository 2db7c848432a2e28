// LinkStatus: what is known of the peer now, set by the link's thread and read or waited for by others. Thread-safe.
#pragma once

#include "runtime/link/link.h"
#include "runtime/wire/message.h"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

namespace tideline {

class LinkStatus {
 public:
  explicit LinkStatus(std::string peer) : peer_(std::move(peer)) {
    state_.peer = peer_;
    state_.why = "the link is connecting";
  }

  void set_up(Welcome welcome);
  void set_down(std::string why);
  // It says nothing, but its connection holds: it counts as down until it is heard again.
  void set_silent(std::string why);
  void set_heard();
  // What is being done to get there; told until the first attempt has failed, and then why it did.
  void set_step(std::string what);
  void note_violation();  // The peer was hung up on because what it said cannot be.

  // The cloud has too much to do: no tail is sent before then. The longest time that was said counts.
  void set_busy(TimePoint until);

  LinkState state() const;

  // Returns the number of the connection over which tails of the model are run in that precision; with no precision, in
  // whichever; nothing when there is none.
  std::optional<std::uint64_t> serving(const std::string& model, std::optional<Precision> precision) const;

  // Returns the error that a request gets while the link is down; nothing when it is up.
  Result<void> check() const;
  // The same for a tail: overloaded, too, while the cloud is busy.
  Result<void> check_tail() const;
  Result<void> wait_up(TimePoint deadline) const;

 private:
  Error down() const;  // REQUIRES: m_ is held.

  const std::string peer_;
  mutable std::mutex m_;
  mutable std::condition_variable changed_;
  LinkState state_;  // Guarded by m_, as is the next.
  TimePoint busy_until_;
  bool silent_ = false;
  bool failed_ = false;  // An attempt did, or a connection was lost, since it was last up.
};

}  // namespace tideline
