// NameLookup: asks the system for the addresses of a host, on a thread that nobody ever waits for.
//
// The system's resolver cannot be interrupted: while a name server does not answer, it holds its thread for many
// seconds. That thread is left behind. Belongs to the I/O thread.
#pragma once

#include "runtime/base/result.h"
#include "runtime/link/tcp_link.h"
#include "runtime/wire/socket.h"

#include <asio/io_context.hpp>

#include <memory>
#include <vector>

namespace tideline {

using Addresses = std::vector<asio::ip::tcp::endpoint>;

class NameLookup {
 public:
  explicit NameLookup(asio::io_context& io);
  ~NameLookup();
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;

  // Returns the addresses of the host in the order in which to try them: as the system has them, but IPv6 and IPv4 in
  // turn (RFC 8305). Returns unavailable, saying why, when there are none, or `patience` passes. One lookup is under
  // way at most: whoever comes again waits for the same.
  Task<Result<Addresses>> of(Endpoint host, Duration patience);

  void cancel() { came_.cancel(); }  // Ends a wait.

 private:
  struct Asked;
  Result<void> begin(const Endpoint& host);

  asio::io_context& io_;
  asio::steady_timer came_;  // Cancelled when the answer is there.
  std::shared_ptr<Asked> asked_;
};

// Puts addresses of two kinds in turn, each kind in its order, beginning with the first.
Addresses in_turn(const Addresses& places);

}  // namespace tideline
