// What can be said of a listening address before and after it failed.
#pragma once

#include "runtime/base/log.h"
#include "runtime/base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>

namespace tideline {

// Returns `wanted`, or as many connections as the limit on open files allows, after a warning that says so.
std::size_t connections_that_fit(std::size_t wanted, const Log& log);

// Returns invalid: what is wrong with the address and what to do.
Error cannot_listen(const std::string& host, std::uint16_t port, const std::error_code& why);

}  // namespace tideline
