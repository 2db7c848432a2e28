// Frame: one message on the wire: a fixed header, small binary metadata, and a payload of tensors.
//
// runtime/wire/PROTOCOL.md defines the format and its limits; tests/runtime/wire/golden/ holds one frame of each type.
//
//   const auto bytes = encode(FrameHeader{FrameType::run, id, meta_size, payload_size});
//   const Result<FrameHeader> header = decode_header(bytes, Limits{});
//   if (!header) return header.error();  // Corrupt.
//   FrameMeta meta(header->meta_size);   // Follows the header, and is followed by the payload.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/units.h"
#include "runtime/wire/limits.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tideline::wire {

inline constexpr std::uint8_t kProtocolVersion = 8;

// Part of the wire format: never renumber.
enum class FrameType : std::uint8_t {
  hello = 1,     // Edge -> cloud, first: the edge's name and, as in every header, its version.
  welcome = 2,   // Cloud -> edge: the models and the machine.
  run = 3,       // Edge -> cloud: a plan and the tensors of its cut.
  answer = 4,    // Cloud -> edge: the outputs and the cloud's timings (Stamps).
  refusal = 5,   // Cloud -> edge: an error kind and a message, for one request (id) or for the connection (id 0).
  probe = 6,     // Edge -> cloud: bytes that the cloud times and drops.
  echo = 7,      // Cloud -> edge: the timings of a probe.
  impose = 8,    // Edge -> cloud: a load for the cloud's machine (profiler only).
  imposed = 9,   // Cloud -> edge: the load that was reached.
  goodbye = 10,  // Cloud -> edge: the cloud stops; send no more requests.
};

struct FrameHeader {
  static constexpr std::size_t kSize = 32;

  FrameType type = FrameType::hello;
  std::uint64_t id = 0;  // Of the request; the edge chooses it, the answer repeats it.
  std::uint32_t meta_size = 0;
  std::uint64_t payload_size = 0;
};

std::array<std::byte, FrameHeader::kSize> encode(const FrameHeader& header);

// Returns corrupt if the magic, the version, the type or a reserved byte is wrong, or if a size exceeds `limits`.
// The message names a wrong version.
Result<FrameHeader> decode_header(std::span<const std::byte, FrameHeader::kSize> bytes, const Limits& limits);

}  // namespace tideline::wire
