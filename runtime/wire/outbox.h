// Outbox: the frames that wait for one socket, written one after the other, each as one gather write.
//
// Under a rate they leave in paced pieces, and a change of the rate takes effect within the frame under way.
// Belongs to the I/O thread.
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

namespace tideline {

struct OutgoingFrame {
  FrameType type = FrameType::hello;
  std::uint64_t id = 0;
  // Called when its turn has come, so that it can say what is known only then; nothing: it is not wanted any more.
  std::function<std::optional<FrameMeta>(TimePoint now)> meta;
  std::vector<Tensor> payload;
  TimePoint due{};  // Not written before; set by the outbox.
};

// Returns a frame without a payload whose metadata is known already.
OutgoingFrame plain_frame(FrameType type, std::uint64_t id, FrameMeta meta);

class Outbox {
 public:
  explicit Outbox(Stream& stream);

  void push(OutgoingFrame frame);

  // Takes the frame out. Returns false, and changes nothing, when its first byte may have left.
  bool withdraw(std::uint64_t id);

  void limit(std::optional<BitsPerSecond> rate);

  // Holds each frame that is pushed from now on back for so long, but none longer than those before it.
  void delay(Duration added) { delay_ = added; }
  Duration delay() const { return delay_; }

  // Writes what is pushed until the socket breaks; returns why it did.
  Task<Error> run();

  // Waits until everything that was pushed has been handed to the socket.
  Task<> flushed();

  std::size_t waiting() const { return frames_.size(); }
  bool idle() const { return frames_.empty() && !frame_since_; }
  std::optional<TimePoint> frame_since() const { return frame_since_; }  // When the frame under way began.
  Bytes written() const { return written_; }

 private:
  Task<> until_due();
  Task<asio::error_code> write(OutgoingFrame frame);
  Task<asio::error_code> write_paced(std::vector<asio::const_buffer> parts);

  Stream& stream_;
  asio::steady_timer arrived_;  // Never expires; cancelled when there is a frame.
  asio::steady_timer earned_;   // Expires when the pacer lets more go; cancelled when the rate changes.
  asio::steady_timer due_;      // Expires when the first frame is due.
  asio::steady_timer emptied_;  // Never expires; cancelled when nothing waits.
  std::deque<OutgoingFrame> frames_;
  Pacer pacer_;
  Duration delay_{};
  std::optional<TimePoint> frame_since_;
  Bytes written_;
};

}  // namespace tideline
