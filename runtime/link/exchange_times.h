// ExchangeTimes: this side's measurements of an exchange, to check the plausibility of the cloud's stamps.
//
// No clocks are compared. But a duration in the cloud cannot exceed the duration of the whole exchange here.
// Pure functions. Thread-safe.
#pragma once

#include "runtime/link/link.h"

namespace tideline::link {

struct ExchangeTimes {
  Bytes payload;    // The payload of the request.
  Duration took{};  // From the request's first byte to the answer's last, on our clock.
};

// Returns corrupt unless the stamps are possible for that exchange. The speeds of two clocks may differ by 1 %.
Result<void> check_stamps(const wire::Stamps& stamps, const ExchangeTimes& seen);

}  // namespace tideline::link
