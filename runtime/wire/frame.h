// Frame: one message on the wire: a fixed header, small binary metadata, and a payload of tensors.
//
// The grammar, its limits and an example are in runtime/wire/PROTOCOL.md; tests/runtime/wire/golden/ holds one of each.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/units.h"
#include "runtime/wire/limits.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tideline {

inline constexpr std::uint8_t kProtocolVersion = 4;

// Part of the wire format: never renumber.
enum class FrameType : std::uint8_t {
  hello = 1,     // Edge -> cloud, first: who I am, which version I speak.
  welcome = 2,   // Cloud -> edge: models and machine.
  run = 3,       // Edge -> cloud: a plan and the tensors of its cut.
  answer = 4,    // Cloud -> edge: the outputs and the stamps.
  refusal = 5,   // Cloud -> edge: an error kind and a sentence, for one request (id) or for the connection (id 0).
  probe = 6,     // Edge -> cloud: bytes to be dropped and stamped.
  echo = 7,      // Cloud -> edge: the stamps of a probe.
  impose = 8,    // Edge -> cloud: load your machine so (profiler only).
  imposed = 9,   // Cloud -> edge: this is what I reached.
  goodbye = 10,  // Cloud -> edge: I am going; send no more.
};

struct FrameHeader {
  static constexpr std::size_t kSize = 32;

  FrameType type = FrameType::hello;
  std::uint64_t id = 0;  // Of the request; chosen by the edge, repeated in the answer.
  std::uint32_t meta_size = 0;
  std::uint64_t payload_size = 0;
};

std::array<std::byte, FrameHeader::kSize> encode(const FrameHeader& header);

// Returns corrupt when the magic, the version, the type or a reserved byte is wrong, or a size exceeds `limits`.
// A wrong version is named in the message.
Result<FrameHeader> decode_header(std::span<const std::byte, FrameHeader::kSize> bytes, const Limits& limits);

}  // namespace tideline
