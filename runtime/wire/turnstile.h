// Turnstile: lets the connections of one peer have the I/O thread one at a time, and between two of them all other
// peers.
//
// Many connections of a peer that sends as fast as it can get no more of the thread than one. A connection passes after
// each read, before what came is looked at. Internal: it shows asio. Belongs to the I/O thread.
#pragma once

#include "runtime/wire/socket.h"

#include <deque>
#include <memory>

namespace tideline {

class Turnstile : public std::enable_shared_from_this<Turnstile> {
 public:
  explicit Turnstile(asio::any_io_executor executor) : executor_(std::move(executor)) {}

  // Returns at once when nobody has passed since the others had the thread; else in turn. Also when it is cancelled.
  Task<> pass();

 private:
  void begin_round();
  void end_round();

  const asio::any_io_executor executor_;
  bool passed_ = false;                                    // In this round.
  std::deque<std::weak_ptr<asio::steady_timer>> waiting_;  // Never expire; cancelled when it is their turn.
};

}  // namespace tideline
