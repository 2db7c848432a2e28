// Listening: how many connections fit, and the error if an address cannot be bound.
#pragma once

#include "runtime/base/log.h"
#include "runtime/base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>

namespace tideline::http {

// Returns `wanted`; or fewer, with a warning, if the limit on open files does not allow so many connections.
std::size_t connections_that_fit(std::size_t wanted, const Log& log);

// Returns invalid, with the reason and the remedy.
Error cannot_listen(const std::string& host, std::uint16_t port, const std::error_code& why);

}  // namespace tideline::http
