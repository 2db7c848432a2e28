// Limits: what a peer may make us handle; sizes are checked before memory is taken.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstdint>

namespace tideline {

struct Limits {
  Bytes meta = 64_KiB;      // Of one frame.
  Bytes payload = 256_MiB;  // Of one frame.
  std::uint32_t in_flight =
      64;  // Requests of one connection that wait or run in the cloud; more are refused as overloaded.
  Bytes in_flight_bytes = 512_MiB;  // Their tensors together; one alone may be larger.
  // Below, a peer is a certificate, or without TLS an address.
  std::uint32_t peer_in_flight = 256;  // As in_flight, over all connections of one peer.
  std::uint32_t connections = 4096;
  std::uint32_t peer_connections = 256;             // Of one peer.
  std::uint32_t strangers = 1024;                   // Connections that have not greeted; the oldest silent one goes.
  std::uint32_t peer_strangers = 256;               // Of those from one address.
  Duration handshake = std::chrono::seconds(10);    // Of TLS; and then for the greeting.
  Duration slow_frame = std::chrono::seconds(120);  // From a frame's first byte to its last.
  Duration idle = std::chrono::seconds(60);         // Without a byte from an edge that is owed nothing.
};

}  // namespace tideline
