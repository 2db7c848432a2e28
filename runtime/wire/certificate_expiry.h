// Certificate expiry: when this side's certificate stops being valid, so that its owner can replace it in time.
#pragma once

#include "runtime/wire/tls.h"

#include <chrono>
#include <optional>
#include <string>

namespace tideline::wire {

// Returns the earliest expiry among the certificate and its chain up to the CA; nothing if the other side would reject
// the certificate today. Thread-safe.
std::optional<std::chrono::system_clock::time_point> expiry(const TlsContext& tls);

// Returns a warning such as "expires in 3 days; ..."; empty while two weeks or more are left.
std::string expiry_warning(std::chrono::system_clock::time_point expiry, std::chrono::system_clock::time_point now);

}  // namespace tideline::wire
