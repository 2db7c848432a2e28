// ExchangeTimes: what this side saw of an exchange, to hold against it what the cloud's stamps say.
//
// No clock is compared with another, but what lasted longer there than the whole exchange did here was not so.
// Pure functions. Thread-safe.
#pragma once

#include "runtime/link/link.h"

namespace tideline {

struct ExchangeTimes {
  Bytes payload;    // What was sent with the request.
  Duration took{};  // From the request's first byte to the answer's last, on our clock.
};

// Returns corrupt unless the stamps can be those of that exchange. Two clocks may differ by a hundredth in their speed.
Result<void> check_stamps(const Stamps& stamps, const ExchangeTimes& seen);

}  // namespace tideline
