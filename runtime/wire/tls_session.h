// TlsSession: the TLS of one connection, without waiting: what cannot go on now says would_block.
//
// Records are read from and written to the socket directly, the tensors' bytes without a copy of ours. One read takes
// only so many records, and a peer that sends many which carry nothing (each new key costs us two) is a fault. Belongs
// to the I/O thread. Internal: it shows asio.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/token_bucket.h"
#include "runtime/wire/tls.h"
#include "runtime/wire/tls_fault.h"
#include "runtime/wire/tls_wire.h"

#include <asio/buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tideline {

class TlsSession {
 public:
  static constexpr std::size_t kRecord = 16 << 10;  // The most that one record holds.
  static constexpr int kMostEmpty = 32;             // Records that carry nothing, at once.

  // `socket` stays the caller's. An edge expects the peer's certificate to name `peer`, a host or an address.
  TlsSession(const TlsContext& context, int socket, const std::string& peer);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  asio::error_code handshake();

  // Reads all that has come and fits. Returns how much; a problem only when that is nothing.
  std::size_t read(std::span<const asio::mutable_buffer> parts, asio::error_code& problem);

  // Writes one record. After would_block it has to be called with the same again.
  std::size_t write(const std::vector<asio::const_buffer>& parts, asio::error_code& problem);

  // Says that nothing more will be written, as far as the socket takes it now.
  void finish();

  // Records read and written so far, those that carry nothing among them: what the thread has worked for this peer.
  std::uint64_t worked() const { return worked_; }

  // Returns "certificate " and the SHA-256 of the one that the peer has shown; empty before the handshake is over.
  std::string peer_identity() const;
  bool has_heard() const { return wire_.received > 0; }

  // What would_block waits for: true when the socket has to take something first.
  bool wants_write() const;

  // Bytes that have come and that read() has not given: of a record that is not whole, or did not fit.
  std::size_t held() const;
  std::optional<TimePoint> held_since() const { return held_since_; }  // Since when a record is not whole.
  std::optional<TimePoint> began() const { return began_; }            // When what read() last gave began to come.

 private:
  struct Free {
    void operator()(SSL* session) const;
  };

  void expect(const std::string& peer);
  asio::error_code outcome(int result) const;
  void mark_held();
  asio::error_code after_no_data(int result, TimePoint now);
  std::span<const std::byte> next_record(const std::vector<asio::const_buffer>& parts);

  TlsWire wire_;
  const std::unique_ptr<SSL, Free> session_;
  std::uint64_t worked_ = 0;
  TokenBucket may_be_empty_{1, kMostEmpty};  // Records, and one more each second.
  asio::error_code ended_;                   // Once set, nothing more comes.
  std::uint64_t given_at_ = 0;               // What had been received when read() last gave something.
  std::optional<TimePoint> held_since_;
  std::optional<TimePoint> began_;
  std::vector<std::byte> gathered_;  // Small pieces, so that they leave as one record.
};

}  // namespace tideline
