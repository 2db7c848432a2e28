// EdgeAccount: identifies the peer behind one or several connections to a cloud, and counts its requests and bytes.
//
// A certificate identifies a peer; without TLS its address does, for IPv6 its network (/64), since one machine owns all
// of that. Turns, limits and memory count per account, so that many connections get no more than one.
#pragma once

#include "runtime/base/budget.h"
#include "runtime/wire/turnstile.h"

#include <asio/ip/address.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace tideline::cloud {

// Returns "10.0.0.7" or "2001:db8:1:2::/64"; an IPv4 address inside an IPv6 one is that IPv4 address.
std::string identity_of(const asio::ip::address& address);

// Requests and bytes in flight, of one connection or of a whole account. Thread-safe.
struct InFlight {
  std::atomic<std::uint32_t> requests{0};
  std::atomic<std::uint64_t> bytes{0};
};

struct EdgeAccount {
  EdgeAccount(std::string its_name, asio::any_io_executor executor)
      : name(std::move(its_name)), turnstile(std::make_shared<wire::Turnstile>(std::move(executor))) {}
  const std::string name;
  std::uint32_t connections = 0;  // Belongs to the I/O thread.
  InFlight in_flight;
  const std::shared_ptr<wire::Turnstile> turnstile;
};

// InFlightToken: counts one request from its admission until its answer has left or is dropped. May end on any thread.
class InFlightToken {
 public:
  InFlightToken(std::shared_ptr<InFlight> connection, std::shared_ptr<EdgeAccount> account, std::uint64_t bytes,
                Budget::Held held);
  ~InFlightToken();
  InFlightToken(const InFlightToken&) = delete;
  InFlightToken& operator=(const InFlightToken&) = delete;

  void set(std::uint64_t bytes);  // Sets the bytes that it holds. By one thread at a time.

 private:
  const std::shared_ptr<InFlight> connection_;
  const std::shared_ptr<EdgeAccount> account_;
  std::uint64_t bytes_;
  Budget::Held held_;
};

}  // namespace tideline::cloud
