// TcpState: what the kernel knows of one TCP connection's sending side.
#pragma once

#include "runtime/base/time.h"
#include "runtime/base/units.h"

#include <cstdint>
#include <optional>

namespace tideline {

struct TcpState {
  TimePoint at;                 // When it was read.
  Bytes acked;                  // By the peer without a gap, since the connection began.
  std::uint32_t delivered = 0;  // Packets that the peer has, behind gaps too; begins anew after 2^32.
  bool gap = false;             // Something was lost and is being sent again: `acked` will jump.
  Bytes outstanding;            // Written here, and not acknowledged yet.
  Duration busy{};              // Time with something outstanding, since the connection began; as are the next two.
  Duration held_by_peer{};      // Of busy: the peer's receive window was full.
  Duration held_by_buffer{};    // Of busy: the send buffer was too small.
  bool starved = false;         // The last rate that the kernel itself measured lacked data to send.
  Duration rtt{};               // Smoothed; zero before the first.
  std::optional<Duration> least_rtt;  // The smallest of the last minutes.
  Bytes window;                       // What may be under way unacknowledged.
};

// Returns nothing where the descriptor is no TCP socket, or the kernel does not tell.
std::optional<TcpState> read_tcp_state(int descriptor);

}  // namespace tideline
