#include "runtime/app/modes/door.h"

namespace tideline {

bool watch_door(HttpServer& http, Service& service, TimePoint now, const Log& log) {
  const bool accepts = http.accepts(now);
  if (service.set_accepting(accepts) == accepts) return accepts;
  if (accepts)
    log->info("http: connections are accepted again");
  else
    log->error("http: no connection is accepted any more, though the agent itself tries; it has to be started anew");
  return accepts;
}

}  // namespace tideline
