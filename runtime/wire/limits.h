// Limits: bounds on what a peer may make this side handle. Sizes are checked before memory is allocated.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstdint>

namespace tideline::wire {

struct Limits {
  Bytes meta = 64_KiB;      // Of one frame.
  Bytes payload = 256_MiB;  // Of one frame.
  std::uint32_t in_flight =
      64;  // Requests of one connection that wait or run in the cloud; more are refused as overloaded.
  Bytes in_flight_bytes = 512_MiB;  // Total of their tensors; a single request may exceed it.
  // Below, a peer is identified by its certificate, or without TLS by its address.
  std::uint32_t peer_in_flight = 256;  // As in_flight, over all connections of one peer.
  std::uint32_t connections = 4096;
  std::uint32_t peer_connections = 256;  // Of one peer.
  std::uint32_t strangers = 1024;        // Connections without a greeting; the oldest silent one is closed.
  std::uint32_t peer_strangers = 256;    // Such connections from one address.
  // What is kept of the streams of edges, for tensors that come as differences. The least recently used goes first.
  Bytes references = 128_MiB;
  Bytes peer_references = 32_MiB;
  std::uint32_t streams = 4096;
  std::uint32_t peer_streams = 512;
  Duration handshake = std::chrono::seconds(10);    // For the TLS handshake, and again for the greeting.
  Duration slow_frame = std::chrono::seconds(120);  // From a frame's first byte to its last.
  Duration idle = std::chrono::seconds(60);         // Without a byte from an edge that waits for no answer.
};

}  // namespace tideline::wire
