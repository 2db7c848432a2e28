// Endpoint: a host and a port to connect to or to listen on.
#pragma once

#include "runtime/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace tideline::wire {

struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
};

// Reads "HOST:PORT" or "[v6]:PORT".
Result<Endpoint> parse_endpoint(std::string_view text);
std::string to_string(const Endpoint& endpoint);

}  // namespace tideline::wire
