// FrameReader: takes frames from a socket, each checked against the limits before memory is taken for it.
//
// After next() the payload, if there is one, must be taken with read() or skip() before next() is called again.
// Belongs to the I/O thread.
#pragma once

#include "runtime/wire/arrival.h"
#include "runtime/wire/frame.h"
#include "runtime/wire/message.h"
#include "runtime/wire/stream.h"

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tideline {

struct ReceivedFrame {
  FrameHeader header;
  FrameMeta meta;
  TimePoint began;  // When the first byte was there.
};

class FrameReader {
 public:
  // Counts the bytes that it reads in `received`, too.
  FrameReader(Stream& stream, const Limits& limits, std::atomic<std::uint64_t>& received)
      : stream_(stream), limits_(limits), received_(received), heard_(Clock::now()) {}

  // Waits for a frame. Returns corrupt when it breaks the format, unavailable when the connection is gone.
  Task<Result<ReceivedFrame>> next();

  // Fills `parts` with the payload. REQUIRES: together they are as long as it.
  Task<Result<Arrival>> read(std::vector<asio::mutable_buffer> parts);

  // Takes the payload of that size and keeps nothing of it.
  Task<Result<Arrival>> skip(std::uint64_t size);

  // Returns when the frame under way began; nothing between frames. Bytes in a TLS record that is not whole count.
  std::optional<TimePoint> frame_since() const { return frame_since_ ? frame_since_ : stream_.held_since(); }
  TimePoint heard() const { return heard_; }  // When the last byte came.

 private:
  Task<Result<void>> fill(std::span<std::byte> memory);
  Task<Result<std::size_t>> read_some(std::vector<asio::mutable_buffer> parts);

  Stream& stream_;
  const Limits& limits_;
  std::atomic<std::uint64_t>& received_;
  std::optional<TimePoint> frame_since_;
  TimePoint heard_;
};

}  // namespace tideline
