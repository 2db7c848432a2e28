// Limits: what a peer may make us handle; sizes are checked before memory is taken.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstdint>

namespace tideline {

struct Limits {
  Bytes head = 64_KiB;      // Of one frame.
  Bytes payload = 256_MiB;  // Of one frame.
  std::uint32_t in_flight =
      64;  // Requests of one connection that wait or run in the cloud; more are refused as overloaded.
  Bytes in_flight_bytes = 512_MiB;  // Their tensors together; one alone may be larger.
  std::uint32_t connections = 4096;
  std::uint32_t peer_connections = 256;             // From one address.
  Duration handshake = std::chrono::seconds(10);    // Of TLS.
  Duration slow_frame = std::chrono::seconds(120);  // From a frame's first byte to its last.
  Duration idle = std::chrono::seconds(60);         // Without a byte from an edge that is owed nothing.
};

}  // namespace tideline
