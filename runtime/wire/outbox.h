// Outbox: the queue of outgoing frames of one socket. It writes them in order, each as one gather write.
//
// Under a rate limit they leave in paced pieces; a new rate takes effect within the current frame.
// Belongs to the I/O thread.
//
//   Outbox outbox(stream);
//   outbox.limit(BitsPerSecond{10e6});
//   outbox.push(plain_frame(FrameType::hello, 0, encode(Hello{"edge-1"})));
//   const Error why = co_await outbox.run();  // Writes until the socket breaks.
#pragma once

#include "runtime/wire/frame.h"
#include "runtime/wire/message.h"
#include "runtime/wire/pacer.h"
#include "runtime/wire/stream.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace tideline::wire {

struct OutgoingFrame {
  FrameType type = FrameType::hello;
  std::uint64_t id = 0;
  // Called right before the frame is written, for metadata that is known only then. Returns nothing to drop the frame.
  std::function<std::optional<FrameMeta>(TimePoint now)> meta;
  std::vector<Tensor> payload;
  TimePoint due{};  // The earliest time to write it; set by the outbox.
};

// Returns a frame without payload whose metadata is already known.
OutgoingFrame plain_frame(FrameType type, std::uint64_t id, FrameMeta meta);

class Outbox {
 public:
  explicit Outbox(Stream& stream);

  void push(OutgoingFrame frame);

  // Removes the frame from the queue. Returns false, and changes nothing, if its first byte may have left.
  bool withdraw(std::uint64_t id);

  void limit(std::optional<BitsPerSecond> rate);

  // Holds back each frame pushed from now on. Queued frames wait at the same time, not one after the other.
  void delay(Duration added) { delay_ = added; }
  Duration delay() const { return delay_; }

  // Writes the pushed frames until the socket breaks; returns the reason.
  Task<Error> run();

  // Waits until the socket has taken every pushed frame.
  Task<> flushed();

  std::size_t waiting() const { return frames_.size(); }
  bool idle() const { return frames_.empty() && !frame_since_; }
  std::optional<TimePoint> frame_since() const { return frame_since_; }  // When the current frame began.
  Bytes written() const { return written_; }

 private:
  Task<> until_due();
  Task<asio::error_code> write(OutgoingFrame frame);
  Task<asio::error_code> write_paced(std::vector<asio::const_buffer> parts);

  Stream& stream_;
  asio::steady_timer arrived_;  // Never expires; cancelled when a frame is pushed.
  asio::steady_timer earned_;   // Expires when the pacer allows more bytes; cancelled when the rate changes.
  asio::steady_timer due_;      // Expires when the first frame is due.
  asio::steady_timer emptied_;  // Never expires; cancelled when the queue is empty.
  std::deque<OutgoingFrame> frames_;
  Pacer pacer_;
  Duration delay_{};
  std::optional<TimePoint> frame_since_;
  Bytes written_;
};

}  // namespace tideline::wire
