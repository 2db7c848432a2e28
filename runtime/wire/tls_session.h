// TlsSession: the TLS layer of one connection. It never blocks: a step that cannot proceed returns would_block.
//
// It reads and writes records on the socket directly, without a copy of the tensors' bytes. One read takes a limited
// number of records. Too many records without content (each new key costs this side two) are a fault. Belongs to the
// I/O thread. Internal: it exposes asio.
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

namespace tideline::wire {

class TlsSession {
 public:
  static constexpr std::size_t kRecord = 16 << 10;  // The largest content of a record.
  static constexpr int kMostEmpty = 32;             // Records without content, at once.

  // The caller keeps `socket`. An edge expects the peer's certificate to name `peer`, a host or an address.
  TlsSession(const TlsContext& context, int socket, const std::string& peer);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  asio::error_code handshake();

  // Reads all that has arrived and fits. Returns the number of bytes; sets `problem` only if that is zero.
  std::size_t read(std::span<const asio::mutable_buffer> parts, asio::error_code& problem);

  // Writes one record. After would_block, call it again with the same `parts`.
  std::size_t write(const std::vector<asio::const_buffer>& parts, asio::error_code& problem);

  // Announces the end of writing, if the socket takes it now.
  void finish();

  // Records read and written so far, including those without content: the thread's work for this peer.
  std::uint64_t worked() const { return worked_; }

  // Returns "certificate " and the SHA-256 of the peer's certificate; empty before the handshake ends.
  std::string peer_identity() const;
  bool has_heard() const { return wire_.received > 0; }

  // The condition behind would_block: true if the socket must take bytes first, false if bytes must arrive.
  bool wants_write() const;

  // Received bytes that read() has not returned: their record is incomplete, or they did not fit.
  std::size_t held() const;
  std::optional<TimePoint> held_since() const { return held_since_; }  // Since when a record is incomplete.
  std::optional<TimePoint> began() const { return began_; }  // When the bytes of the last read() began to arrive.

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
  TokenBucket may_be_empty_{1, kMostEmpty};  // In records; one more each second.
  asio::error_code ended_;                   // Once set, nothing more arrives.
  std::uint64_t given_at_ = 0;               // wire_.received when read() last returned bytes.
  std::optional<TimePoint> held_since_;
  std::optional<TimePoint> began_;
  std::vector<std::byte> gathered_;  // Small pieces, gathered into one record.
};

}  // namespace tideline::wire
