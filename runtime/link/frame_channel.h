// FrameChannel: the frames of one connection in both directions, and how far their bytes have come.
//
// Belongs to the I/O thread.
#pragma once

#include "runtime/wire/frame_reader.h"
#include "runtime/wire/limits.h"
#include "runtime/wire/outbox.h"
#include "runtime/wire/stream.h"
#include "runtime/wire/tcp_state.h"

#include <atomic>
#include <cstdint>
#include <optional>

namespace tideline::link {

class FrameChannel {
 public:
  FrameChannel(wire::Stream& stream, const wire::Limits& limits);

  wire::FrameReader& reader() { return reader_; }
  const wire::FrameReader& reader() const { return reader_; }
  std::uint64_t received() const { return received_ + stream_.held(); }  // Bytes so far.

  // As the Outbox's functions.
  void push(wire::OutgoingFrame frame);
  bool withdraw(std::uint64_t id) { return outbox_.withdraw(id); }
  void limit(std::optional<BitsPerSecond> rate) { outbox_.limit(rate); }
  void delay(Duration added) { outbox_.delay(added); }
  wire::Task<Error> write() { return outbox_.run(); }
  const wire::Outbox& outbox() const { return outbox_; }

  // Waits for the next push(). One call at a time.
  wire::Task<> until_pushed();

  Bytes unacknowledged() const { return wire::unacknowledged(stream_.socket()); }
  bool is_flushed() const;                    // True iff every pushed frame is acknowledged.
  std::optional<wire::TcpState> tcp() const;  // Absent if the kernel does not tell it.

 private:
  wire::Stream& stream_;
  std::atomic<std::uint64_t> received_{0};
  wire::FrameReader reader_;
  wire::Outbox outbox_;
  asio::steady_timer pushed_;  // Never expires; cancelled by push() if someone waits.
  bool awaited_ = false;
};

}  // namespace tideline::link
