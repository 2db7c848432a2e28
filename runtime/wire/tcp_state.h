// TcpState: the kernel's data on the sending side of one TCP connection.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstdint>
#include <optional>

namespace tideline::wire {

struct TcpState {
  TimePoint at;                       // When it was read.
  Bytes acked;                        // Acknowledged by the peer without a gap, since the connection began.
  std::uint32_t delivered = 0;        // Packets that reached the peer, also after gaps; wraps at 2^32.
  bool gap = false;                   // A lost packet is being sent again: `acked` will jump.
  Bytes outstanding;                  // Written here and not acknowledged yet.
  Duration busy{};                    // Time with bytes outstanding, since the connection began.
  Duration held_by_peer{};            // Part of `busy`: the peer's receive window was full.
  Duration held_by_buffer{};          // Part of `busy`: the send buffer was too small.
  bool starved = false;               // The kernel's own last rate measurement lacked data to send.
  Duration rtt{};                     // Smoothed; zero before the first.
  std::optional<Duration> least_rtt;  // The smallest of the last minutes.
  Bytes window;                       // How much may be unacknowledged.
};

// Returns nothing if the descriptor is no TCP socket, or if the kernel does not provide the data.
std::optional<TcpState> read_tcp_state(int descriptor);

}  // namespace tideline::wire
