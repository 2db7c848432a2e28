// Stream: one connection's bytes, over TCP as they are or inside TLS. Internal: it shows asio.
//
// One read and one write may be under way at once. Belongs to the I/O thread.
#pragma once

#include "runtime/wire/socket.h"
#include "runtime/wire/tls_session.h"
#include "runtime/wire/turnstile.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tideline {

class Stream {
 public:
  explicit Stream(Socket socket);

  Socket& socket() { return socket_; }
  auto get_executor() { return socket_.get_executor(); }

  // Begins TLS with the peer; what it says afterwards comes through it. Returns what went wrong.
  Task<asio::error_code> secure(const TlsContext& context, std::string peer = {});

  // Speaks without TLS from now on. REQUIRES: nothing is being read or written.
  void unsecure() { tls_.reset(); }

  // Returns as soon as something has come, with all that has and fits.
  Task<std::size_t> read_some(std::vector<asio::mutable_buffer> parts, asio::error_code& problem) {
    if (turnstile_) return read_in_turn(std::move(parts), problem);
    if (tls_) return read_records(std::move(parts), problem);
    return socket_.async_read_some(parts, into(problem));
  }

  // From now on what is read takes turns with the other connections of this peer.
  void share(std::shared_ptr<Turnstile> turnstile) { turnstile_ = std::move(turnstile); }

  // REQUIRES: `parts` live until it has returned.
  Task<std::size_t> write_some(std::vector<asio::const_buffer> parts, asio::error_code& problem) {
    if (tls_) return write_record(std::move(parts), problem);
    return socket_.async_write_some(parts, into(problem));
  }

  // Returns when all has been written, or what went wrong.
  Task<asio::error_code> write_all(std::vector<asio::const_buffer> parts);

  // Says that nothing more will be written.
  void finish();
  void close();

  // Who the peer is by its certificate, once TLS has begun; empty without TLS.
  std::string peer_identity() const { return tls_ ? tls_->peer_identity() : std::string(); }
  bool has_heard_tls() const { return tls_ && tls_->has_heard(); }

  // Bytes that have come and wait for the rest of their record; none without TLS.
  std::size_t held() const { return tls_ ? tls_->held() : 0; }
  std::optional<TimePoint> held_since() const { return tls_ ? tls_->held_since() : std::nullopt; }
  // When what was read last began to come, where that was before the read returned.
  std::optional<TimePoint> began() const { return tls_ ? tls_->began() : std::nullopt; }

 private:
  Task<std::size_t> read_in_turn(std::vector<asio::mutable_buffer> parts, asio::error_code& problem);
  Task<std::size_t> read_records(std::vector<asio::mutable_buffer> parts, asio::error_code& problem);
  Task<std::size_t> write_record(std::vector<asio::const_buffer> parts, asio::error_code& problem);
  Task<> ready(asio::error_code& problem);
  Task<> take_turn(asio::error_code& problem);

  Socket socket_;
  std::unique_ptr<TlsSession> tls_;
  std::shared_ptr<Turnstile> turnstile_;  // Null: others of this peer do not count.
  std::uint64_t rested_at_ = 0;           // What TLS had worked when others had the thread last.
};

}  // namespace tideline
