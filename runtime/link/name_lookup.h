// NameLookup: asks the system's resolver for the addresses of a host, on a detached thread.
//
// The resolver cannot be interrupted: if a name server does not answer, it blocks its thread for many seconds. So that
// thread is never joined. Belongs to the I/O thread.
#pragma once

#include "runtime/base/result.h"
#include "runtime/link/tcp_link.h"
#include "runtime/wire/socket.h"

#include <asio/io_context.hpp>

#include <memory>
#include <vector>

namespace tideline::link {

using Addresses = std::vector<asio::ip::tcp::endpoint>;

class NameLookup {
 public:
  explicit NameLookup(asio::io_context& io);
  ~NameLookup();
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;

  // Returns the addresses of the host in the order in which to try them: the system's order, but with IPv6 and IPv4
  // alternating (RFC 8305). Returns unavailable, with the reason, if there are none, or if `patience` passes. At most
  // one lookup runs: a later call waits for the same one.
  wire::Task<Result<Addresses>> of(wire::Endpoint host, Duration patience);

  void cancel() { came_.cancel(); }  // Ends a wait.

 private:
  struct Asked;
  Result<void> begin(const wire::Endpoint& host);

  asio::io_context& io_;
  asio::steady_timer came_;  // Cancelled when the answer arrives.
  std::shared_ptr<Asked> asked_;
};

// Alternates the addresses of two kinds, each kind in its order, beginning with the kind of the first.
Addresses in_turn(const Addresses& places);

}  // namespace tideline::link
