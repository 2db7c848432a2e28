// Turnstile: shares the I/O thread fairly: between two connections of one peer, all other peers get their turn.
//
// So many busy connections of one peer get no more of the thread than one. A connection passes after each read, before
// its bytes are processed. Internal: it exposes asio. Belongs to the I/O thread.
#pragma once

#include "runtime/wire/socket.h"

#include <deque>
#include <memory>

namespace tideline::wire {

class Turnstile : public std::enable_shared_from_this<Turnstile> {
 public:
  explicit Turnstile(asio::any_io_executor executor) : executor_(std::move(executor)) {}

  // Returns at once if no connection has passed in this round, otherwise in turn. Also returns on cancellation.
  Task<> pass();

 private:
  void begin_round();
  void end_round();

  const asio::any_io_executor executor_;
  bool passed_ = false;                                    // In this round.
  std::deque<std::weak_ptr<asio::steady_timer>> waiting_;  // Never expire; cancelled when their turn comes.
};

}  // namespace tideline::wire
