// Passed socket: the listening socket that the service manager passes when it starts the agent (sd_listen_fds).
#pragma once

#include "runtime/base/result.h"
#include "runtime/wire/endpoint.h"

#include <optional>

namespace tideline::modes {

struct PassedSocket {
  int descriptor = -1;
  wire::Endpoint at;  // Where it listens.
};

// Returns the socket; nothing if none is passed. Returns invalid if there are several, or it does not listen for TCP
// over IP. Call once, before the process has threads: it clears the environment of the variables that tell of it.
Result<std::optional<PassedSocket>> passed_socket();

}  // namespace tideline::modes
