// FrameReader: reads frames from a socket, and checks each against the limits before it allocates memory.
//
// After next(), take the payload, if there is one, with read() or skip() before calling next() again.
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

namespace tideline::wire {

struct ReceivedFrame {
  FrameHeader header;
  FrameMeta meta;
  TimePoint began;  // When the first byte arrived.
};

class FrameReader {
 public:
  // Also adds the bytes that it reads to `received`.
  FrameReader(Stream& stream, const Limits& limits, std::atomic<std::uint64_t>& received)
      : stream_(stream), limits_(limits), received_(received), heard_(Clock::now()) {}

  // Waits for a frame. Returns corrupt if it breaks the format, unavailable if the connection is lost.
  Task<Result<ReceivedFrame>> next();

  // Fills `parts` with the payload. REQUIRES: the sizes of `parts` add up to its size.
  Task<Result<Arrival>> read(std::vector<asio::mutable_buffer> parts);

  // Reads and drops a payload of that size.
  Task<Result<Arrival>> skip(std::uint64_t size);

  // Returns when the current frame began; nothing between frames. Bytes of an incomplete TLS record count.
  std::optional<TimePoint> frame_since() const { return frame_since_ ? frame_since_ : stream_.held_since(); }
  TimePoint heard() const { return heard_; }  // When the last byte arrived.

 private:
  Task<Result<void>> fill(std::span<std::byte> memory);
  Task<Result<std::size_t>> read_some(std::vector<asio::mutable_buffer> parts);

  Stream& stream_;
  const Limits& limits_;
  std::atomic<std::uint64_t>& received_;
  std::optional<TimePoint> frame_since_;
  TimePoint heard_;
};

}  // namespace tideline::wire
