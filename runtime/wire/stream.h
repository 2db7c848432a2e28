// Stream: the bytes of one connection, over plain TCP or inside TLS. Internal: it exposes asio.
//
// One read and one write may run at the same time. Belongs to the I/O thread.
#pragma once

#include "runtime/wire/socket.h"
#include "runtime/wire/tls_session.h"
#include "runtime/wire/turnstile.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tideline::wire {

class Stream {
 public:
  explicit Stream(Socket socket);

  Socket& socket() { return socket_; }
  auto get_executor() { return socket_.get_executor(); }

  // Starts TLS with the peer; later reads and writes go through it. Returns the problem, if any.
  Task<asio::error_code> secure(const TlsContext& context, std::string peer = {});

  // Continues without TLS. REQUIRES: no read or write is running.
  void unsecure() { tls_.reset(); }

  // Returns as soon as bytes have arrived, with all that fit.
  Task<std::size_t> read_some(std::vector<asio::mutable_buffer> parts, asio::error_code& problem) {
    if (turnstile_) return read_in_turn(std::move(parts), problem);
    if (tls_) return read_records(std::move(parts), problem);
    return socket_.async_read_some(parts, into(problem));
  }

  // From now on, reads take turns with this peer's other connections.
  void share(std::shared_ptr<Turnstile> turnstile) { turnstile_ = std::move(turnstile); }

  // REQUIRES: `parts` live until it returns.
  Task<std::size_t> write_some(std::vector<asio::const_buffer> parts, asio::error_code& problem) {
    if (tls_) return write_record(std::move(parts), problem);
    return socket_.async_write_some(parts, into(problem));
  }

  // Returns when everything is written, or with the problem.
  Task<asio::error_code> write_all(std::vector<asio::const_buffer> parts);

  // Announces the end of writing to the peer.
  void finish();
  void close();

  // The peer's identity by its certificate, once TLS has begun; empty without TLS.
  std::string peer_identity() const { return tls_ ? tls_->peer_identity() : std::string(); }
  bool has_heard_tls() const { return tls_ && tls_->has_heard(); }

  // Received bytes that wait for the rest of their TLS record; none without TLS.
  std::size_t held() const { return tls_ ? tls_->held() : 0; }
  std::optional<TimePoint> held_since() const { return tls_ ? tls_->held_since() : std::nullopt; }
  // When the bytes of the last read began to arrive, if that was before the read returned.
  std::optional<TimePoint> began() const { return tls_ ? tls_->began() : std::nullopt; }

 private:
  Task<std::size_t> read_in_turn(std::vector<asio::mutable_buffer> parts, asio::error_code& problem);
  Task<std::size_t> read_records(std::vector<asio::mutable_buffer> parts, asio::error_code& problem);
  Task<std::size_t> write_record(std::vector<asio::const_buffer> parts, asio::error_code& problem);
  Task<> ready(asio::error_code& problem);
  Task<> take_turn(asio::error_code& problem);

  Socket socket_;
  std::unique_ptr<TlsSession> tls_;
  std::shared_ptr<Turnstile> turnstile_;  // Null: reads do not take turns.
  std::uint64_t rested_at_ = 0;           // TlsSession::worked() when other connections last had the thread.
};

}  // namespace tideline::wire
