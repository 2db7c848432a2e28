// Certificate expiry: when this side's certificate and its CA stop being valid, so that their owner can replace them in
// time. Pure functions but for the clock that OpenSSL reads. Thread-safe.
#pragma once

#include "runtime/wire/tls.h"

#include <chrono>
#include <optional>
#include <string>

namespace tideline::wire {

struct Expiry {
  std::chrono::system_clock::time_point certificate;  // The earliest of it and those between it and the CA.
  std::chrono::system_clock::time_point ca;

  std::chrono::system_clock::time_point first() const { return certificate < ca ? certificate : ca; }
  friend bool operator==(const Expiry&, const Expiry&) = default;
};

// Returns both, also if they have passed; nothing if the CA does not fit.
std::optional<Expiry> expiry(const TlsContext& tls);

// Returns a warning such as "tls.cert: edge.pem expires in 3 days; ..."; empty while 30 days or more are left.
std::string expiry_warning(const TlsContext::Files& files, const Expiry& expiry,
                           std::chrono::system_clock::time_point now);

// Returns the time that is left, in words: "3 days", "less than a day", "no time".
std::string time_left(std::chrono::system_clock::time_point end, std::chrono::system_clock::time_point now);

// Returns the time as "2028-11-29T16:00:00Z".
std::string utc_text(std::chrono::system_clock::time_point time);

}  // namespace tideline::wire
