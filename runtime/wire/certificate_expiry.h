// When the certificate of this side ends to be accepted, so that it is made anew before.
#pragma once

#include "runtime/wire/tls.h"

#include <chrono>
#include <optional>
#include <string>

namespace tideline {

// Returns the first moment at which the certificate, or one that it hangs on up to the CA, is no longer valid; nothing
// when the other side would not accept it today either. Thread-safe.
std::optional<std::chrono::system_clock::time_point> expiry(const TlsContext& tls);

// Returns what to say of it, as "expires in 3 days; ..."; empty while there are two weeks and more left.
std::string expiry_warning(std::chrono::system_clock::time_point expiry, std::chrono::system_clock::time_point now);

}  // namespace tideline
