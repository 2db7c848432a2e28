// What one upload says about the way: a rate, how sure it is, and how long the way stood still.
//
// Pure functions. Thread-safe.
#pragma once

#include "runtime/link/link.h"
#include "runtime/wire/tcp_state.h"

#include <optional>

namespace tideline {

// Returns what the cloud's stamps of an upload say; nothing where too little came to tell.
//
// Time in which nothing came, beyond what the rate of the rest explains, is a stall and not a slow way. The rate of an
// upload with a stall is a lower bound: how much piled up behind a loss does not show in the rest. So is what took less
// than kLongEnough, as if it had taken that long: a burst that a shaper let through, and a clock that was read late,
// weigh too much in it.
struct UplinkEstimate {
  std::optional<Rate> rate;
  Duration stall{};  // Zero: none.
};
inline constexpr Duration kLongEnough = std::chrono::milliseconds(5);
inline constexpr Bytes kEnoughToTell = 2_KiB;
UplinkEstimate estimate_uplink(const Stamps& stamps);

// Returns what this side's TCP says of the time between two looks, in which an upload ran: the bytes that the peer
// acknowledged over that time. Only a lower bound where for a fifth of it there was nothing to send, or the peer's
// window or our buffer held it up. Nothing when it is less than a quarter of a second, or too little moved.
std::optional<Rate> rate_between(const TcpState& before, const TcpState& after);

}  // namespace tideline
