// The clients' door as the modes that serve look after it.
#pragma once

#include "runtime/base/log.h"
#include "runtime/base/time.h"
#include "runtime/http/http_server.h"
#include "runtime/http/service.h"

namespace tideline {

// Returns whether the door accepts connections. While it does not, health says so, and the log: then the service
// manager is told nothing any more, and starts the agent anew. Call about once a second, from one thread.
bool watch_door(HttpServer& http, Service& service, TimePoint now, const Log& log);

}  // namespace tideline
