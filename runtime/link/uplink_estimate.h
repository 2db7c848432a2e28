// UplinkEstimate: what one upload shows about the uplink: its rate, how certain it is, and any stall.
//
// Pure functions. Thread-safe.
#pragma once

#include "runtime/link/link.h"
#include "runtime/wire/tcp_state.h"

#include <optional>

namespace tideline::link {

// The estimate from the cloud's stamps of an upload; no rate if too few bytes arrived.
//
// A pause beyond what the rate of the rest explains is a stall, not a low rate. After a stall the rate is a lower
// bound: the rest does not show how many bytes piled up behind a loss. An upload shorter than kLongEnough also gives a
// lower bound, as if it had taken that long. A shaper's burst and a late clock reading would distort its rate.
struct UplinkEstimate {
  std::optional<plan::Rate> rate;
  Duration stall{};  // Zero: none.
};
inline constexpr Duration kLongEnough = std::chrono::milliseconds(5);
inline constexpr Bytes kEnoughToTell = 2_KiB;
UplinkEstimate estimate_uplink(const wire::Stamps& stamps);

// Returns the rate of an upload between two readings of this side's TCP: the acknowledged bytes over the time. It is
// only a lower bound if for a fifth of the time data was missing, or the peer's window or the send buffer limited it.
// Returns nothing for less than a quarter of a second, or if too few bytes were acknowledged.
std::optional<plan::Rate> rate_between(const wire::TcpState& before, const wire::TcpState& after);

}  // namespace tideline::link
